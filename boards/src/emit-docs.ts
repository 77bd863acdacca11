import type { Board } from './board.ts';

function milliseconds(board: Board): string {
  return ((board.latency.addedSamples / board.sampleRateHz) * 1000).toFixed(2);
}

function row(board: Board): string {
  const { acoustics, codec, latency } = board;
  return `| \`${board.id}\` | ${codec.model} | ${board.sampleRateHz / 1000} kHz | ${latency.addedSamples} samples, ${milliseconds(board)} ms | ${acoustics.noise} at ${acoustics.levelDb} dBFS |`;
}

function section(board: Board): string {
  const { clocks, latency, limits } = board;
  const parts = latency.parts.map(
    (part) => `| ${part.what} | ${part.microseconds} µs | ${part.source} |`,
  );
  const sumUs = latency.parts.reduce((sum, part) => sum + part.microseconds, 0);
  const overrides = Object.entries(board.parameters).map(([name, value]) => `\`${name}\` ${value}`);
  return `## ${board.name}

\`${board.id}\`: ${board.chip.family} (${board.chip.core}), port \`${board.chip.firmware}\`; ${board.codec.model}, ${board.codec.interface}, ${board.codec.bits} bit.
Clocks: master ${clocks.masterHz / 1e6} MHz, bit ${clocks.bitHz / 1e6} MHz, blocks of ${clocks.blockSamples}. Limits: ${limits.maxTaps} taps, model of ${limits.maxSecondaryTaps} taps, output ${limits.outputLimitDb} dBFS.
USB ids: ${board.usb.ids.join(', ') || 'none'}. Start values of its own: ${overrides.join(', ') || 'none'}.

| latency | time | source |
|---|---|---|
${parts.join('\n')}
| **sum ${sumUs.toFixed(1)} µs, used** | **${latency.addedSamples} samples, ${milliseconds(board)} ms** | rounded up to whole samples |
`;
}

export function emitDocs(boards: readonly Board[]): string {
  return `<!-- Generated from boards/ by \`npm run generate\`. Do not edit. -->

# Boards

One folder a board, \`boards/<id>/board.yaml\`, checked by \`boards/board.schema.json\`. The virtual headset's table, the host
and this page come from it. Added latency is what converters, serial frames and blocks add between microphone and
loudspeaker; the acoustic paths come on top.

| id | codec | rate | added latency | default noise |
|---|---|---|---|---|
${boards.map(row).join('\n')}

${boards.map(section).join('\n')}
## Adding a board

1. Make \`boards/<id>/board.yaml\`; the latency's parts must sum to the figure used, each with its source.
2. \`npm run generate\` writes the tables and this page; \`npm run generate -- --check\` says what drifted.
`;
}
