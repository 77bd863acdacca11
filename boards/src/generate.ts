import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BoardError } from './errors.ts';
import { examinePath, parameterTable } from './load.ts';
import { outputsOf, staleOutputs } from './outputs.ts';

export interface Drift {
  readonly path: string;
  readonly change: 'written' | 'removed';
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/**
 * Brings everything made from root/boards up to date and returns what was not; with `check` it only
 * returns it. Throws BOARD_INVALID with every fault of every board.
 */
export function generate(root: string, { check }: { check: boolean }): readonly Drift[] {
  const folder = join(root, 'boards');
  const examined = examinePath(folder, parameterTable(folder));
  const findings = examined.flatMap((file) =>
    file.findings.filter(({ severity }) => severity === 'error'),
  );
  const faulty = examined.filter((file) => file.findings.some((f) => findings.includes(f)));
  if (faulty.length > 0) {
    const names = faulty.map(({ id }) => id).join(', ');
    throw new BoardError('BOARD_INVALID', `${findings.length} faults in ${names}`, { findings });
  }
  const outputs = outputsOf(examined.flatMap(({ board }) => board ?? []));
  const removed = staleOutputs(root, outputs);
  const written = [...outputs].filter(([path, text]) => read(join(root, path)) !== text);
  if (!check) {
    for (const path of removed) rmSync(join(root, path), { recursive: true });
    for (const [path, text] of written) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  }
  return [
    ...removed.map((path): Drift => ({ path, change: 'removed' })),
    ...written.map(([path]): Drift => ({ path, change: 'written' })),
  ];
}
