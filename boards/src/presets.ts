/** Settings that come with a board: boards/ID/presets/NAME.json, in the form of a profile (docs/profiles.md). */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const extension = '.json';

export interface PresetName {
  readonly board: string;
  readonly name: string;
}

export function presetFile(boardsFolder: string, board: string, name: string): string {
  return join(boardsFolder, board, 'presets', `${name}${extension}`);
}

/** Of every board, sorted. */
export function presetNames(boardsFolder: string): PresetName[] {
  return readdirSync(boardsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: board }) =>
      filesOf(join(boardsFolder, board, 'presets')).map((file) => ({
        board,
        name: basename(file, extension),
      })),
    )
    .sort((a, b) => (`${a.board}/${a.name}` < `${b.board}/${b.name}` ? -1 : 1));
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(extension));
  } catch {
    // A board need not have any.
    return [];
  }
}
