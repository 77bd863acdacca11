import type { Board, LatencyPart, RealBoard } from './board.ts';
import { budgetOf, cost, cyclesPerInstruction } from './budget.ts';
import { checkPins } from './check-pins.ts';
import { chipOf, isReal } from './chips.ts';
import { partitionsOf } from './partitions.ts';
import { pinUses } from './pins.ts';

/** Rows of a Markdown table; a cell of its own never ends the row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

export function milliseconds({ latency, sampleRateHz }: Board): string {
  return ((latency.addedSamples / sampleRateHz) * 1000).toFixed(2);
}

function facts(board: Board): string {
  const { chip, clocks, codec, limits } = board;
  const startValues = Object.entries(board.parameters).map(
    ([name, value]) => `\`${name}\` ${value}`,
  );
  const rows = [
    ['chip', `${chip.family} (${chip.core})${chip.cpuMhz ? `, ${chip.cpuMhz} MHz` : ''}`],
    ['firmware', `port \`${chip.firmware}\``],
    ['converters', `${codec.model}; ${codec.interface}; ${codec.bits} bit`],
    [
      'clocks',
      `${board.sampleRateHz / 1000} kHz; master ${clocks.masterHz / 1e6} MHz, bit ${clocks.bitHz / 1e6} MHz; blocks of ${clocks.blockSamples}`,
    ],
    [
      'limits',
      `${limits.maxTaps} taps, model of ${limits.maxSecondaryTaps} taps, output ${limits.outputLimitDb} dBFS`,
    ],
    ['start values of its own', startValues.join(', ') || 'none'],
    ['USB ids', board.usb.ids.join(', ') || 'none'],
    ...(isReal(board) ? realFacts(board) : []),
  ];
  return table(['', ''], rows);
}

function realFacts({ codec, link, memory, chip }: RealBoard): string[][] {
  const psram = memory.psramMb ? `${memory.psramMb} MB PSRAM (not used)` : 'no PSRAM';
  const linkText =
    link.kind === 'uart'
      ? `UART at ${link.baud} baud through the ${link.bridge}: TX GPIO${link.tx}, RX GPIO${link.rx}`
      : link.kind;
  const control =
    codec.i2cAddress === undefined
      ? 'none needed'
      : `\`${codec.driver}\` of esp_codec_dev at I2C address 0x${codec.i2cAddress.toString(16)}`;
  return [
    ['codec set-up', control],
    [
      'microphones',
      `reference in the ${codec.microphones.reference} slot, error in the ${codec.microphones.error} one`,
    ],
    ['link', linkText],
    [
      'memory',
      `${memory.flashMb} MB flash, ${memory.usePsram ? psram.replace(' (not used)', '') : psram}`,
    ],
    ['ESP-IDF', `${chipOf(chip.family).sinceIdf} to 5.5`],
  ];
}

function latencyRow({ what, microseconds, basis, source }: LatencyPart): string[] {
  return [what, `${microseconds} µs`, basis ?? '', source];
}

function latency(board: Board): string {
  const sumUs = board.latency.parts.reduce((sum, part) => sum + part.microseconds, 0);
  const used = `**${board.latency.addedSamples} samples, ${milliseconds(board)} ms**`;
  const measured = board.latency.parts.some((part) => part.basis === 'measured');
  const rows = [
    ...board.latency.parts.map(latencyRow),
    [`**sum ${sumUs.toFixed(1)} µs, used**`, used, '', 'rounded up to whole samples'],
  ];
  const note =
    isReal(board) && !measured
      ? '\nNone of this has been measured on a board: the loop-back test of the firmware does.\n'
      : '';
  return `## Latency\n\n${table(['part', 'time', 'basis', 'source'], rows)}\n${note}`;
}

function wiring(board: RealBoard): string {
  const gpioOf = new Map(pinUses(board).map((use) => [use.signal, `GPIO${use.gpio}`]));
  const rows = board.wiring.flatMap((part) =>
    Object.entries(part.terminals).map(([terminal, net]) => [
      part.name,
      terminal,
      gpioOf.get(net) ?? net,
      gpioOf.has(net) ? net : '',
      part.onBoard ? 'on the board' : 'to be wired',
    ]),
  );
  return `## Wiring

![Wiring of ${board.name}](${board.id}.svg)

Dashed: soldered to the board. Keep the lines of the bit clock short, and the grounds together.${pulls(board)}

${table(['part', 'terminal', 'goes to', 'signal', ''], rows)}
`;
}

/** What holds the output silent while the chip starts and drives no pin. */
function pulls({ pins, wiring }: RealBoard): string {
  const isWired = (signal: string) =>
    wiring.some((part) => !part.onBoard && Object.values(part.terminals).includes(signal));
  const rail = (level: string) => (level === 'low' ? 'GND' : '3V3');
  const lines = [
    pins.mute && isWired('mute') && `GPIO${pins.mute.gpio} and ${rail(pins.mute.active)}`,
    pins.amplifier &&
      isWired('amplifier') &&
      `GPIO${pins.amplifier.gpio} and ${rail(pins.amplifier.active === 'high' ? 'low' : 'high')}`,
  ].filter(Boolean);
  if (lines.length === 0) return '';
  return `\nA resistor of 10 kΩ each between ${lines.join(', and between ')} keeps the output silent while the chip starts.`;
}

function pins(board: RealBoard): string {
  const rows = [...pinUses(board)]
    .sort((a, b) => a.gpio - b.gpio)
    .map((use) => [
      `GPIO${use.gpio}`,
      use.what,
      use.direction === 'taken' ? 'taken' : use.direction,
    ]);
  const reasons = (board.pins.strapping ?? []).map(
    ({ gpio, why }) => `GPIO${gpio} is a strapping pin: ${why}.`,
  );
  const warnings = checkPins(board).map(({ message }) => `Beware: ${message}.`);
  const notes = [...reasons, ...warnings].map((note) => `- ${note}`).join('\n');
  return `## Pins

${table(['pin', 'use', ''], rows)}
${notes ? `\n${notes}\n` : ''}`;
}

function budget(board: RealBoard): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const lengths = [
    [board.limits.maxTaps, board.limits.maxSecondaryTaps],
    [128, 128],
    [256, 128],
    [512, 256],
  ] as const;
  const seen = new Set<string>();
  const rows = lengths
    .filter(([taps, model]) => !seen.has(`${taps} ${model}`) && seen.add(`${taps} ${model}`))
    .map(([maxTaps, maxSecondaryTaps], index) => {
      const b = budgetOf(board, { ...board.limits, maxTaps, maxSecondaryTaps });
      const fits = b.share <= b.allowedShare ? 'fits' : 'does not fit';
      const name = `${maxTaps} + ${maxSecondaryTaps}${index === 0 ? ' (the limits)' : ''}`;
      return [name, `${Math.round(b.usedCycles)}`, percent(b.share), fits];
    });
  const { cyclesPerSample, allowedShare } = budgetOf(board);
  const core = chipOf(board.chip.family).cores > 1 ? 'its own core' : 'the only core';
  return `## Filter budget

${Math.round(cyclesPerSample)} cycles a sample on ${core}, of which ${percent(allowedShare)} may be used. Not measured on
the board: ${cost.perTap} instructions a tap of the FxNLMS filter, ${cost.perSecondaryTap} a tap of the model and ${cost.perSample} for the rest of a
sample, as counted in an emulator ([budgets.md](../budgets.md)); assumed are ${cyclesPerInstruction(board.chip.family)} cycles an instruction, and ${cost.perBlock} cycles a block
for getting it in and out.

${table(['taps + model', 'cycles a sample', 'share', ''], rows)}
`;
}

function memory(board: RealBoard): string {
  const rows = partitionsOf(board).map(({ name, subtype, offset, size }) => [
    `\`${name}\``,
    subtype,
    `0x${offset.toString(16)}`,
    `${size / 1024} KiB`,
  ]);
  return `## Flash

${table(['partition', 'kind', 'offset', 'size'], rows)}

\`anc\` holds the headset's settings; flashing and updating leave it alone.
`;
}

function steps(title: string, list: readonly string[] | undefined): string {
  if (!list) return '';
  return `${title}\n\n${list.map((step, index) => `${index + 1}. ${step}`).join('\n')}\n\n`;
}

function recovery({ recovery }: Board): string {
  if (!recovery) return '';
  const safe = steps('Start with the stored settings ignored:', recovery.safeMode);
  const download = steps('Enter the loader in the ROM, which always works:', recovery.downloadMode);
  return `## When it does not answer\n\n${safe}${download}`;
}

/** docs/boards/ID.md. */
export function emitPage(board: Board): string {
  const real = isReal(board);
  const title = real ? `${board.name}\n\n${board.revision}.` : board.name;
  const sections = [
    `# ${title}\n\n\`${board.id}\`, from \`boards/${board.id}/board.yaml\`. All boards: [boards.md](../boards.md).\n\n${facts(board)}\n`,
    ...(real ? [wiring(board), pins(board), budget(board)] : []),
    latency(board),
    ...(real ? [memory(board)] : []),
    recovery(board),
    ...(real ? [`## Sources\n\n${board.sources.map((source) => `- ${source}`).join('\n')}\n`] : []),
  ];
  const notice = '<!-- Generated from boards/ by `npm run generate`. Do not edit. -->';
  return `${[notice, ...sections.filter(Boolean).map((section) => section.trimEnd())].join('\n\n')}\n`;
}
