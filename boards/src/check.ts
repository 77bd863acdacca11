import type { Board, RealBoard } from './board.ts';
import { budgetOf } from './budget.ts';
import { checkPins } from './check-pins.ts';
import { checkWiring } from './check-wiring.ts';
import { chipOf, isReal } from './chips.ts';
import { finding, type Finding } from './errors.ts';
import { flashEnd, partitionsOf } from './partitions.ts';

type Found = readonly Finding[];

/** What the schema cannot say, because it needs arithmetic or the chip's tables. */
export function checkBoard(board: Board): Found {
  const real = isReal(board)
    ? [
        ...checkPins(board),
        ...checkChip(board),
        ...checkClocks(board),
        ...checkDma(board),
        ...checkFlash(board),
        ...checkMemory(board),
        ...checkBudget(board),
        ...checkWiring(board),
        ...checkControls(board),
        ...checkStart(board),
      ]
    : [];
  return [...checkLatency(board), ...real];
}

/** The figure used must cover its parts, and not by more than a sample. */
function checkLatency(board: Board): Found {
  const sumUs = board.latency.parts.reduce((sum, part) => sum + part.microseconds, 0);
  const samples = (sumUs * board.sampleRateHz) / 1e6;
  const added = board.latency.addedSamples;
  if (added >= samples - 0.01 && added <= samples + 1) return [];
  const message = `is ${added}, its parts sum to ${samples.toFixed(2)} samples`;
  return [finding('BOARD_LATENCY', '/latency/addedSamples', message)];
}

/**
 * A sample waits until its block is full, and what is made of it until the blocks before it have been
 * played: descriptors × blockSamples, when receiving and sending started together.
 */
export function dmaMicroseconds(board: RealBoard): number {
  return (board.dma.descriptors * board.clocks.blockSamples * 1e6) / board.sampleRateHz;
}

function checkDma(board: RealBoard): Found {
  const path = '/latency/parts';
  const wanted = dmaMicroseconds(board);
  const parts = board.latency.parts.filter((part) => part.of === 'dma');
  const [part] = parts;
  if (!part || parts.length > 1) {
    const message = `${parts.length} parts are \`of: dma\`, of ${wanted.toFixed(1)} µs`;
    return [finding('BOARD_LATENCY_DMA', path, message)];
  }
  if (Math.abs(part.microseconds - wanted) <= 0.1) return [];
  const { descriptors } = board.dma;
  const message = `'${part.what}' is ${part.microseconds} µs, ${descriptors} blocks of ${board.clocks.blockSamples} are ${wanted.toFixed(1)} µs`;
  return [finding('BOARD_LATENCY_DMA', path, message)];
}

function checkChip(board: RealBoard): Found {
  const { family, cpuMhz } = board.chip;
  const chip = chipOf(family);
  const found: Finding[] = [];
  const rates = family === 'esp32p4' ? [360, 400] : [160, 240].filter((mhz) => mhz <= chip.maxMhz);
  if (!rates.includes(cpuMhz))
    found.push(
      finding(
        'BOARD_CPU',
        '/chip/cpuMhz',
        `the ${chip.name} runs at ${rates.join(' or ')} MHz, not ${cpuMhz}`,
      ),
    );
  if (!chip.links.includes(board.link.kind))
    found.push(
      finding(
        'BOARD_LINK',
        '/link/kind',
        `the ${chip.name} has ${chip.links.join(', ')}, no ${board.link.kind}`,
      ),
    );
  if (board.codec.mode === 'tdm' && !chip.tdm)
    found.push(finding('BOARD_CLOCK', '/codec/mode', `the I2S of the ${chip.name} knows no TDM`));
  if (board.clocks.source === 'apll' && !chip.apll)
    found.push(finding('BOARD_CLOCK', '/clocks/source', `the ${chip.name} has no audio PLL`));
  return found;
}

/** i2s_mclk_multiple_t of ESP-IDF 5.1; later ones know more. */
const masterMultiples = [128, 256, 384, 512];

function checkClocks(board: RealBoard): Found {
  const { masterHz, bitHz } = board.clocks;
  const { sampleRateHz } = board;
  const found: Finding[] = [];
  const multiple = masterHz / sampleRateHz;
  if (!masterMultiples.includes(multiple)) {
    const message = `${masterHz} Hz is ${multiple.toFixed(2)} × ${sampleRateHz} Hz, not one of ${masterMultiples.join(', ')}`;
    found.push(finding('BOARD_CLOCK', '/clocks/masterHz', message));
  }
  const slotBits = bitHz / sampleRateHz / 2;
  if (![16, 24, 32].includes(slotBits)) {
    const message = `${bitHz} Hz gives two slots of ${slotBits.toFixed(2)} bits at ${sampleRateHz} Hz`;
    found.push(finding('BOARD_CLOCK', '/clocks/bitHz', message));
  } else if (board.codec.bits > slotBits) {
    const message = `${board.codec.bits} bits do not fit into slots of ${slotBits}`;
    found.push(finding('BOARD_CLOCK', '/codec/bits', message));
  }
  return found;
}

function checkFlash(board: RealBoard): Found {
  const found: Finding[] = [];
  for (const [name, sizeKb] of Object.entries(board.partitions)) {
    const step = name === 'otaKb' ? 64 : 4;
    if (sizeKb % step === 0) continue;
    const message = `${sizeKb} KiB is no multiple of ${step}`;
    found.push(finding('BOARD_PARTITIONS', `/partitions/${name}`, message));
  }
  const end = flashEnd(partitionsOf(board));
  const flash = board.memory.flashMb * 2 ** 20;
  if (end > flash) {
    const message = `end at ${end / 1024} KiB, the flash at ${flash / 1024} KiB`;
    found.push(finding('BOARD_PARTITIONS', '/partitions', message));
  }
  return found;
}

const psramModes: Readonly<Record<string, readonly string[]>> = {
  esp32: ['quad'],
  esp32s3: ['quad', 'octal'],
  esp32p4: ['hex'],
};

function checkMemory({ chip, memory }: RealBoard): Found {
  const { psramMb, psramMode, usePsram } = memory;
  const path = '/memory/psramMode';
  if (psramMb === 0) {
    if (psramMode !== undefined)
      return [finding('BOARD_MEMORY', path, `'${psramMode}' of no PSRAM`)];
    return usePsram
      ? [finding('BOARD_MEMORY', '/memory/usePsram', 'there is no PSRAM to use')]
      : [];
  }
  const modes = psramModes[chip.family] ?? [];
  if (psramMode !== undefined && modes.includes(psramMode)) return [];
  const able = modes.length > 0 ? `PSRAM of ${modes.join(' or ')} lines` : 'no PSRAM';
  const message = `${chipOf(chip.family).name} takes ${able}, not '${psramMode ?? 'none'}'`;
  return [finding('BOARD_MEMORY', path, message)];
}

function checkBudget(board: RealBoard): Found {
  const { cyclesPerSample, usedCycles, share, allowedShare } = budgetOf(board);
  if (share <= allowedShare) return [];
  const { maxTaps, maxSecondaryTaps } = board.limits;
  const message = `${maxTaps} taps and a model of ${maxSecondaryTaps} take ${Math.round(usedCycles)} of ${Math.round(cyclesPerSample)} cycles a sample, ${Math.round(share * 100)} %; ${allowedShare * 100} % may be used`;
  return [finding('BOARD_BUDGET', '/limits/maxTaps', message)];
}

function checkControls(board: RealBoard): Found {
  const { codec, pins, recovery } = board;
  const found: Finding[] = [];
  if (codec.microphones.reference === codec.microphones.error) {
    const message = `both microphones are in the ${codec.microphones.error} slot`;
    found.push(finding('BOARD_MICROPHONES', '/codec/microphones', message));
  }
  if (codec.driver !== 'none' && !pins.i2c)
    found.push(finding('BOARD_I2C', '/pins/i2c', `the ${codec.driver} is set up over I2C`));
  if (!pins.mute && !pins.amplifier)
    found.push(finding('BOARD_MUTE', '/pins', 'neither mute nor amplifier has a pin'));
  const names = pins.buttons.map((button) => button.name);
  if (!names.includes(recovery.safeModeButton ?? '')) {
    const message = `'${recovery.safeModeButton}' is none of the buttons ${names.join(', ') || '(none)'}`;
    found.push(finding('BOARD_RECOVERY', '/recovery/safeModeButton', message));
  }
  return found;
}

/** The table's defaults are those of a computer: a chip says how it starts, within its limits. */
function checkStart({ chip, limits, parameters }: RealBoard): Found {
  const found: Finding[] = [];
  const add = (name: string, message: string) =>
    found.push(finding('BOARD_START', `/parameters/${name}`, message));
  const { taps, outputLimitDb, algorithm } = parameters;
  if (typeof taps !== 'number' || taps > limits.maxTaps)
    add('taps', `starts with ${taps ?? 'the default'} taps of at most ${limits.maxTaps}`);
  if (typeof outputLimitDb !== 'number' || outputLimitDb > limits.outputLimitDb)
    add(
      'outputLimitDb',
      `starts at ${outputLimitDb ?? 'the default'} dBFS of at most ${limits.outputLimitDb}`,
    );
  if (algorithm !== 'fxnlms' && !chipOf(chip.family).floatUnit)
    add('algorithm', `${algorithm ?? 'the default'} needs a floating-point unit`);
  return found;
}
