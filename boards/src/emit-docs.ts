import type { Board } from './board.ts';
import { isReal } from './chips.ts';
import { milliseconds, table } from './emit-page.ts';

function row(board: Board): string[] {
  const { chip, codec, latency, limits } = board;
  return [
    `[\`${board.id}\`](boards/${board.id}.md)`,
    board.name,
    chip.family,
    codec.model,
    `${latency.addedSamples} samples, ${milliseconds(board)} ms`,
    `${limits.maxTaps} + ${limits.maxSecondaryTaps}`,
  ];
}

const head = ['id', 'board', 'chip', 'converters', 'added latency at 48 kHz', 'taps + model'];

export function emitDocs(boards: readonly Board[]): string {
  const real = boards.filter(isReal).map(row);
  const simulated = boards.filter((board) => !isReal(board)).map(row);
  return `<!-- Generated from boards/ by \`npm run generate\`. Do not edit. -->

# Boards

One folder a board, \`boards/<id>/board.yaml\`, checked by \`boards/board.schema.json\` and against the chip's tables. The
firmware's tables, the host and these pages come from it. Added latency is what converters, serial frames and blocks add between
microphone and loudspeaker; the acoustic paths come on top.

${table(head, real)}

Without a board: the virtual headset, and the firmware on emulated chips.

${table(head, simulated)}

\`anc boards list\` prints the same, \`anc boards check\` looks for faults. A board of your own: [add-a-board.md](add-a-board.md).
`;
}
