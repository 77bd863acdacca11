import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Board, Family } from './board.ts';
import { isReal } from './chips.ts';
import { emitHeader, emitSource } from './emit-c.ts';
import { emitDocs } from './emit-docs.ts';
import { emitPage } from './emit-page.ts';
import { emitBoardHeader } from './emit-esp.ts';
import { emitSdkconfig } from './emit-sdkconfig.ts';
import { emitSvg } from './emit-svg.ts';
import { emitPartitions } from './partitions.ts';

const docsFolder = 'docs/boards';
const espFolder = 'firmware/ports/esp-idf/generated/boards';

/** Every file made from the boards: its path below the repository's root, and its text. */
export function outputsOf(boards: readonly Board[]): ReadonlyMap<string, string> {
  const ofFamily = (family: Family) => boards.filter((board) => board.chip.family === family);
  const outputs = new Map([
    ['firmware/ports/virtual/generated/boards.h', emitHeader()],
    ['firmware/ports/virtual/generated/boards.c', emitSource(ofFamily('virtual'))],
    ['firmware/ports/qemu-riscv32/generated/boards.h', emitHeader()],
    ['firmware/ports/qemu-riscv32/generated/boards.c', emitSource(ofFamily('qemu'))],
    ['docs/boards.md', emitDocs(boards)],
  ]);
  for (const board of boards) outputs.set(join(docsFolder, `${board.id}.md`), emitPage(board));
  for (const board of boards.filter(isReal)) {
    outputs.set(join(docsFolder, `${board.id}.svg`), emitSvg(board));
    const folder = join(espFolder, board.id);
    outputs.set(join(folder, 'board.h'), emitBoardHeader(board));
    outputs.set(join(folder, 'sdkconfig.defaults'), emitSdkconfig(board));
    outputs.set(join(folder, 'partitions.csv'), emitPartitions(board));
  }
  return outputs;
}

/** What was made of boards that are no longer there. */
export function staleOutputs(root: string, outputs: ReadonlyMap<string, string>): string[] {
  const wanted = [...outputs.keys()];
  return [espFolder, docsFolder]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .filter((path) => !wanted.some((file) => file === path || file.startsWith(`${path}/`)));
}
