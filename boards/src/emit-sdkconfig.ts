import type { RealBoard } from './board.ts';
import { optionsOf, type Option } from './sdkconfig-options.ts';

/** From the app's project folder, firmware/ports/esp-idf/app. */
export function partitionsFile(id: string): string {
  return `../generated/boards/${id}/partitions.csv`;
}

function emitOption({ name, value, since, why }: Option): string {
  const remark = [why, since && `from ESP-IDF ${since.join(' and ')} on`]
    .filter(Boolean)
    .join('; ');
  const comment = remark ? `# ${remark}\n` : '';
  if (value === false) return `${comment}# CONFIG_${name} is not set`;
  const text = value === true ? 'y' : typeof value === 'number' ? value : `"${value}"`;
  return `${comment}CONFIG_${name}=${text}`;
}

export function emitSdkconfig(board: RealBoard): string {
  const groups = optionsOf(board, partitionsFile(board.id)).map(
    ({ title, options }) => `# ${title}.\n${options.map(emitOption).join('\n')}\n`,
  );
  return `# Generated from boards/${board.id}/ by \`npm run generate\`. Do not edit.
# ${board.name}, ${board.revision}.

${groups.join('\n')}`;
}
