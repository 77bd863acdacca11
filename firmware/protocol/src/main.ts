// Writes what is generated from firmware/protocol/; with --check it only says what has drifted, status 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generate } from './generate.ts';
import { SourceError } from './source.ts';

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function run(root: string, check: boolean): number {
  let drifted = 0;
  for (const [path, text] of generate(root)) {
    const file = join(root, path);
    if (read(file) === text) continue;
    drifted += 1;
    process.stdout.write(`${check ? 'drifted' : 'written'}: ${path}\n`);
    if (check) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return check && drifted > 0 ? 1 : 0;
}

try {
  process.exitCode = run(process.cwd(), process.argv.includes('--check'));
} catch (error) {
  if (!(error instanceof SourceError)) throw error;
  process.stderr.write(`firmware/protocol: ${error.message}\n`);
  process.exitCode = 1;
}
