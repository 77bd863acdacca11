// Writes what is generated from boards/; with --check it only says what has drifted, status 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { emitHeader, emitSource } from './emit-c.ts';
import { emitDocs } from './emit-docs.ts';
import { BoardError } from './errors.ts';
import { boardsFolder, loadBoards } from './load.ts';
import { checkParameters } from './parameters.ts';

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
  const boards = loadBoards(folder);
  checkParameters(boards, join(root, 'firmware', 'protocol', 'parameters.yaml'));
  const virtual = boards.filter((board) => board.chip.family === 'virtual');
  const outputs: [string, string][] = [
    [join(root, 'firmware/ports/virtual/generated/boards.h'), emitHeader()],
    [join(root, 'firmware/ports/virtual/generated/boards.c'), emitSource(virtual)],
    [join(root, 'docs/boards.md'), emitDocs(boards)],
  ];
  let drifted = 0;
  for (const [file, text] of outputs) {
    if (read(file) === text) continue;
    drifted += 1;
    process.stdout.write(`${check ? 'drifted' : 'written'}: ${relative(root, file)}\n`);
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
