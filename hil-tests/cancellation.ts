/** How much the virtual headset takes away at an ear: one run of the firmware on a recording and measured paths. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  BAND_50_TO_1000,
  type Band,
  type Bound,
  OCTAVES,
  bandPower,
  mono,
  readBounds,
  readPaths,
  readWav,
  rms,
  welch,
  type WienerBound,
  wienerBound,
} from '@anc/dsp-reference';
import { dataFile } from '../dsp-reference/src/testing.ts';
import { virtualHeadsetProgram } from '../host/transports/index.ts';

export interface Case {
  /** Below paths/ in the data, with `#ear=R` for the other ear of the dummy head. */
  readonly ear: string;
  /** A file below noises/, without .wav. */
  readonly recording: string;
  readonly latencySamples: number;
  readonly seconds: number;
  /** Parameters that differ from the defaults, as NAME=VALUE. */
  readonly settings?: readonly string[];
}

export interface Cancellation extends Case {
  /** Off minus on at the error microphone, dB, positive is quieter, over the last third of the run, at most 20 s. */
  readonly octaves: readonly { readonly centreHz: number; readonly attenuationDb: number }[];
  readonly band50To1000Db: number;
  /** The same band over the third before. */
  readonly before50To1000Db: number;
  readonly rollbacks: number;
  readonly bound: Bound | null;
}

/** 'booth/person001_L.json' → 'person001_L', 'dummy/az090.json#ear=R' → 'dummy_az090_R': as bounds.json names them. */
export function pathIdOf(ear: string): string {
  const [file, mark] = ear.split('#ear=');
  const name = basename(file!, '.json');
  return ear.startsWith('dummy/') ? `dummy_${name}_${mark ?? 'L'}` : name;
}

/** Off minus on of a recorded run, dB; a negative beginning counts from the end. */
export async function attenuation(folder: string, fromSeconds: number, toSeconds = Infinity) {
  const part = async (name: string) => {
    const { channels, sampleRateHz } = await readWav(join(folder, `${name}.wav`));
    return welch(
      channels[0]!.subarray(fromSeconds * sampleRateHz, toSeconds * sampleRateHz),
      sampleRateHz,
    );
  };
  const [off, on] = [await part('error-off'), await part('error-on')];
  const level = ({ lowHz, highHz }: Band) =>
    10 * Math.log10(bandPower(off, lowHz, highHz) / bandPower(on, lowHz, highHz));
  return {
    octaves: OCTAVES.filter(({ centreHz }) => centreHz <= 1000).map((band) => ({
      centreHz: band.centreHz,
      attenuationDb: level(band),
    })),
    band50To1000Db: level(BAND_50_TO_1000),
  };
}

/** Errors: those of anc-virtual, as text. */
export async function measureCancellation(which: Case): Promise<Cancellation> {
  const folder = mkdtempSync(join(tmpdir(), 'anc-cancel-'));
  try {
    const settings = ['mode=anc', ...(which.settings ?? [])].flatMap((setting) => [
      '--set',
      setting,
    ]);
    const args = [
      `--paths=${dataFile('paths', which.ear)}`,
      `--noise=${dataFile('noises', `${which.recording}.wav`)}`,
      `--latency=${which.latencySamples}`,
      `--seconds=${which.seconds}`,
      '--speed=max',
      `--record=${folder}`,
    ];
    const printed = execFileSync(virtualHeadsetProgram(), [...args, ...settings], {
      encoding: 'utf8',
    });
    const { rollbacks } = JSON.parse(printed) as { rollbacks: number };
    const span = Math.min(20, which.seconds / 3);
    const last = await attenuation(folder, which.seconds - span, which.seconds);
    const before = await attenuation(folder, which.seconds - 2 * span, which.seconds - span);
    const bounds = await readBounds(dataFile('paths/bounds.json'));
    return {
      ...which,
      ...last,
      before50To1000Db: before.band50To1000Db,
      rollbacks,
      bound: bounds?.boundFor(pathIdOf(which.ear), which.latencySamples) ?? null,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The best that a causal 1024-tap filter could do on these paths with this very recording, at -23 dBFS. */
export async function boundForRecording({
  ear,
  recording,
  latencySamples,
}: Case): Promise<WienerBound> {
  const { channels } = await readWav(dataFile('noises', `${recording}.wav`));
  const sound = mono(channels).subarray(0, 48000 * 10);
  const gain = 10 ** (-23 / 20) / rms(sound);
  const paths = await readPaths(dataFile('paths', ear));
  return wienerBound({ paths, noise: sound.map((v) => v * gain), latencySamples });
}

/** No roll-back, and not getting worse. */
export function isStable({ rollbacks, band50To1000Db, before50To1000Db }: Cancellation): boolean {
  return rollbacks === 0 && band50To1000Db > before50To1000Db - 3;
}
