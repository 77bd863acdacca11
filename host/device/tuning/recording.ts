/** What the microphones hear, over the link: a stretch of the headset's own signals without a gap. */
import { AncError, type SignalsEvent, unpackSamples24 } from '@anc/link';
import type { Device } from '../device.ts';

const CHANNELS = ['reference', 'error', 'output', 'disturbance'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Recording {
  readonly sampleRateHz: number;
  /** of the first sample, on the headset's clock */
  readonly startSample: number;
  readonly samples: Readonly<Record<Channel, Float64Array>>;
}

export interface RecordOptions {
  readonly seconds: number;
  /** of the headset's time that pass first: fades, what rings, what is still learned */
  readonly skipSeconds?: number;
  /** default all */
  readonly channels?: readonly Channel[];
}

/** A stretch with a gap begins anew, so often. */
const ATTEMPTS = 6;
/** Without any sample for so long the stream is dead. */
const SILENCE_MS = 3000;
const FULL_SCALE = 2 ** 23;

function bitsOf(channels: readonly Channel[]): number {
  return channels.reduce((bits, name) => bits | (1 << CHANNELS.indexOf(name)), 0);
}

/** Fills itself from the stream; `done` once it is full. */
class Collector {
  done = false;
  gaps = 0;
  startSample = 0;
  readonly samples: Record<Channel, Float64Array>;
  #channels: readonly Channel[];
  #size: number;
  #skip: number;
  #from = NaN;
  #next = NaN;
  #fill = 0;

  constructor(channels: readonly Channel[], size: number, skip: number) {
    const buffer = (name: Channel) => new Float64Array(channels.includes(name) ? size : 0);
    this.samples = {
      reference: buffer('reference'),
      error: buffer('error'),
      output: buffer('output'),
      disturbance: buffer('disturbance'),
    };
    this.#channels = channels;
    this.#size = size;
    this.#skip = skip;
  }

  get share(): number {
    return this.#fill / this.#size;
  }

  add({ sampleIndex, samples }: SignalsEvent): void {
    if (this.done) return;
    if (Number.isNaN(this.#from)) this.#from = sampleIndex + this.#skip;
    const unpacked = unpackSamples24(samples, this.#channels.length);
    const count = unpacked[0]!.length;
    const first = Math.max(0, this.#from - sampleIndex);
    if (first >= count) return;
    if (this.#fill > 0 && sampleIndex !== this.#next) {
      this.#fill = 0;
      this.gaps++;
    }
    if (this.#fill === 0) this.startSample = sampleIndex + first;
    const taken = Math.min(count - first, this.#size - this.#fill);
    unpacked.forEach((values, c) => {
      const target = this.samples[this.#channels[c]!];
      for (let i = 0; i < taken; i++) target[this.#fill + i] = values[first + i]! / FULL_SCALE;
    });
    this.#fill += taken;
    this.#next = sampleIndex + count;
    this.done = this.#fill === this.#size;
  }
}

function tooSlow(gaps: number): AncError {
  return new AncError(
    'TUNE_LINK_TOO_SLOW',
    `the signals had a gap ${gaps} times: the link or this machine does not keep up with the headset`,
    {
      hint: 'Two signals take about 0.3 MB a second: take USB or TCP instead of a slow serial line, and end what else keeps this machine busy.',
    },
  );
}

/** Errors: TUNE_LINK_TOO_SLOW, TUNE_NO_SIGNALS, those of the link, or the signal's reason. */
export async function record(
  device: Device,
  options: RecordOptions,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Recording> {
  signal.throwIfAborted();
  const { sampleRateHz } = device.info;
  const channels = CHANNELS.filter((name) => options.channels?.includes(name) ?? true);
  const collector = new Collector(
    channels,
    Math.round(options.seconds * sampleRateHz),
    Math.round((options.skipSeconds ?? 0) * sampleRateHz),
  );
  await device.setSignalChannels(bitsOf(channels));
  let endListening = () => {};
  let timer: NodeJS.Timeout | undefined;
  let abort = () => {};
  let endState = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(
          () =>
            reject(
              new AncError('TUNE_NO_SIGNALS', `no sample came for ${SILENCE_MS / 1000} s`, {
                hint: 'The link is too slow for signals, or the headset has stopped: `anc info`.',
              }),
            ),
          SILENCE_MS,
        );
      };
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort);
      endState = device.on('state', (state, reason) => {
        if (state !== 'connected')
          reject(reason ?? new AncError('DEVICE_DISCONNECTED', `the headset is ${state}`));
      });
      watch();
      endListening = device.on('signals', (event) => {
        watch();
        collector.add(event);
        if (collector.gaps >= ATTEMPTS) reject(tooSlow(collector.gaps));
        onProgress(collector.share);
        if (collector.done) resolve();
      });
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    endState();
    endListening();
  }
  return { sampleRateHz, startSample: collector.startSample, samples: collector.samples };
}
