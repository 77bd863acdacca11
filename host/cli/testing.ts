/** Runs the built `anc` command in tests. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VIRTUAL_MISSING } from '../testing/virtual-headset.ts';

const program = join(import.meta.dirname, '../bin/anc.mjs');

/** Why these tests are skipped; false when they can run. */
export const CLI_MISSING: string | false =
  VIRTUAL_MISSING ||
  (existsSync(join(import.meta.dirname, '../dist/anc.mjs'))
    ? false
    : 'the anc command is not built');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function startAnc(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  user: { uid?: number; gid?: number } = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], {
    ...user,
    env: { ...process.env, ANC_DEVICE: '', ...env },
  });
}

export function anc(
  args: readonly string[],
  {
    input = '',
    env = {},
    ...user
  }: { input?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = startAnc(args, env, user);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
