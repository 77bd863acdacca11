// Writes what is generated from boards/; with --check it only says what has drifted, status 1.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BoardError } from './errors.ts';
import { boardsFolder, loadBoards } from './load.ts';
import { outputsOf, staleOutputs } from './outputs.ts';
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
  const table = join(root, 'firmware', 'protocol', 'parameters.yaml');
  for (const board of boards) {
    const [fault] = checkParameters(board, table);
    if (fault) throw new BoardError(fault.code, `${board.id}: ${fault.path} ${fault.message}`);
  }
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
