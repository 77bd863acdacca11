/** Two settings on the same noise, in turn and in random order, and what the difference is worth. */
import {
  compareResiduals,
  type Comparison,
  Random,
  residualLevels,
  type ResidualLevels,
  welch,
} from '@anc/dsp-reference';
import type { Device } from '../device.ts';
import { applySide, type Side } from './settings.ts';
import { SignalWindows } from './signal-window.ts';

export interface CompareOptions {
  readonly pairs: number;
  /** After a change of settings, before measuring. */
  readonly settleSeconds: number;
  /** Of measuring, each half of a pair. */
  readonly measureSeconds: number;
  /** Of the order in the pairs. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** Never says which side is played. */
export interface CompareProgress {
  readonly pair: number;
  readonly pairs: number;
  readonly half: 1 | 2;
}

export interface Compared extends Comparison {
  readonly seed: number;
  /** Roll-backs of the supervisor while that side was measured or settled. */
  readonly rollbacks: { readonly a: number; readonly b: number };
}

/** The supervisor's counter of roll-backs, as telemetry brings it. */
class Rollbacks {
  #last: number | null = null;
  #counted = 0;
  readonly end: () => void;

  constructor(device: Device) {
    this.end = device.on('telemetry', ({ rollbacks }) => {
      // The counter starts again with the headset.
      if (this.#last !== null && rollbacks > this.#last) this.#counted += rollbacks - this.#last;
      this.#last = rollbacks;
    });
  }

  take(): number {
    const counted = this.#counted;
    this.#counted = 0;
    return counted;
  }
}

/**
 * Each half starts with the settings, from zero weights and a guard that is clear, so that nothing of the half before is
 * left. Afterwards the headset has the settings that it had; its filter learns anew. Errors: those of SignalWindows and of
 * setting parameters.
 */
export async function compareSettings(
  device: Device,
  sides: { readonly a: Side; readonly b: Side },
  options: CompareOptions,
  onProgress?: (progress: CompareProgress) => void,
): Promise<Compared> {
  const { pairs, seed, signal } = options;
  const { sampleRateHz } = device.info;
  const samplesOf = (seconds: number) => Math.round(seconds * sampleRateHz);
  const before: Side = {
    parameters: new Map((await device.listParameters()).map(({ name, value }) => [name, value])),
    secondaryModel: await device.readBlock('secondaryModel'),
  };
  // A side without a model of its own has that of the headset, also after one that has its own.
  const hasModel = sides.a.secondaryModel !== null || sides.b.secondaryModel !== null;
  const complete = (side: Side): Side =>
    hasModel ? { ...side, secondaryModel: side.secondaryModel ?? before.secondaryModel } : side;
  const random = new Random(seed);
  const windows = await SignalWindows.listen(device);
  const rollbacks = new Rollbacks(device);
  const count = { a: 0, b: 0 };
  const measure = async (name: 'a' | 'b'): Promise<ResidualLevels> => {
    await applySide(device, complete(sides[name]));
    await device.guardClear();
    await device.resetWeights();
    const [settle, length] = [options.settleSeconds, options.measureSeconds].map(samplesOf);
    const { error, reference } = await windows.next(settle!, length!, signal);
    count[name] += rollbacks.take();
    return residualLevels(welch(error, sampleRateHz), welch(reference, sampleRateHz));
  };
  try {
    // Into mode anc the output fades: a first half from another mode would not be like the others.
    await applySide(device, complete(sides.a));
    await windows.next(samplesOf(options.settleSeconds), 1, signal);
    rollbacks.take();
    const measured: [ResidualLevels, ResidualLevels][] = [];
    for (let pair = 1; pair <= pairs; pair += 1) {
      const order = random.uniform() < 0.5 ? (['a', 'b'] as const) : (['b', 'a'] as const);
      const levels: Partial<Record<'a' | 'b', ResidualLevels>> = {};
      for (const [i, name] of order.entries()) {
        onProgress?.({ pair, pairs, half: i === 0 ? 1 : 2 });
        levels[name] = await measure(name);
      }
      measured.push([levels.a!, levels.b!]);
    }
    return { ...compareResiduals(measured), seed, rollbacks: count };
  } finally {
    rollbacks.end();
    await windows.end();
    if (device.state === 'connected') {
      await applySide(device, hasModel ? before : { ...before, secondaryModel: null });
      await device.resetWeights();
    }
  }
}
