// Writes what is generated from boards/; with --check it only says what has drifted, status 1.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BoardError } from './errors.ts';
import { boardsFolder, examinePath, parameterTable } from './load.ts';
import { outputsOf, staleOutputs } from './outputs.ts';

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function generate(check: boolean): number {
  const folder = boardsFolder(process.cwd());
  const root = dirname(folder);
  const examined = examinePath(folder, parameterTable(folder));
  const faults = examined.flatMap(({ file, findings }) =>
    findings.filter(({ severity }) => severity === 'error').map((fault) => ({ file, ...fault })),
  );
  for (const { code, file, path, message, hint } of faults)
    process.stderr.write(`${code}: ${file}: ${path} ${message} (hint: ${hint})\n`);
  if (faults.length > 0) return 1;
  const boards = examined.flatMap(({ board }) => board ?? []);
  const outputs = outputsOf(boards);
  let drifted = 0;
  for (const path of staleOutputs(root, outputs)) {
    drifted += 1;
    process.stdout.write(`${check ? 'drifted' : 'removed'}: ${path}\n`);
    if (!check) rmSync(join(root, path), { recursive: true });
  }
  for (const [path, text] of outputs) {
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
  process.exitCode = generate(process.argv.includes('--check'));
} catch (error) {
  if (!(error instanceof BoardError)) throw error;
  process.stderr.write(`${error.code}: ${error.message} (hint: ${error.hint})\n`);
  process.exitCode = 1;
}
