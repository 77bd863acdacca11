import type { SignalFrame, Telemetry } from '../headset.ts';
import { powerDb, rounded } from '../monitor/levels.ts';
import type {
  AnalysisView,
  AttenuationFigure,
  BoundView,
  Mode,
  SpectrumCurve,
} from '../panel-protocol.ts';
import {
  type Band,
  bandPower,
  displayGrid,
  gridDensity,
  headlineBand,
  headlineName,
  octaves,
  thirdOctaves,
} from './bands.ts';
import { RunningDensity, SegmentDensities } from './running-density.ts';
import { type Segment, Segmenter } from './segments.ts';
import { TelemetryLevels } from './telemetry-levels.ts';

const segmentSeconds = 0.34;
const windowSeconds = 1.5;
/** After a change of mode the output fades and telemetry reports it up to a tenth of a second late. */
const settleSeconds = 0.2;
const grid = { lowHz: 20, highHz: 20_000, perOctave: 24 };

type CurveName = 'off' | 'on' | 'reference' | 'output';

interface Curve {
  readonly running: RunningDensity;
  atMs: number;
  view: SpectrumCurve | null;
}

/**
 * Spectra and band levels with cancelling off and on. "On" is the error microphone in anc mode. "Off" is the error
 * microphone in off mode, and the headset's own estimate e - s*y while it plays.
 */
export class Analyser {
  readonly segmenter: Segmenter;
  #sampleRateHz: number;
  #binHz: number;
  #densities: SegmentDensities;
  #curves: Record<CurveName, Curve>;
  #telemetry = new TelemetryLevels();
  #mode: Mode | null = null;
  #frequencyHz: number[];
  #bands: readonly Band[];
  #now: () => number;
  #onSegment: () => void;
  bound: BoundView | null = null;

  /** `onSegment` is called after each new segment, about six times a second. */
  constructor(sampleRateHz: number, onSegment: () => void, now: () => number = Date.now) {
    const size = 2 ** Math.round(Math.log2(sampleRateHz * segmentSeconds));
    const timeConstant = (windowSeconds * sampleRateHz) / (size / 2);
    this.#sampleRateHz = sampleRateHz;
    this.#binHz = sampleRateHz / size;
    this.#densities = new SegmentDensities(size, sampleRateHz);
    this.segmenter = new Segmenter(size, (segment) => this.#segment(segment));
    const curve = () => ({
      running: new RunningDensity(size / 2 + 1, timeConstant),
      atMs: NaN,
      view: null,
    });
    this.#curves = { off: curve(), on: curve(), reference: curve(), output: curve() };
    const highestHz = Math.min(grid.highHz, sampleRateHz / 2.2);
    this.#frequencyHz = displayGrid(grid.lowHz, highestHz, grid.perOctave);
    this.#bands = thirdOctaves.filter((band) => band.highHz < sampleRateHz / 2);
    this.#now = now;
    this.#onSegment = onSegment;
  }

  signals(frame: SignalFrame): void {
    if (this.#mode !== null) this.segmenter.add(frame);
  }

  telemetry(telemetry: Telemetry): void {
    if (telemetry.mode !== this.#mode) this.#modeChanged(telemetry.mode);
    this.#telemetry.add(telemetry, this.#now());
  }

  /** After a reconnection: averages start anew, the curves stay until then. */
  restart(): void {
    this.#mode = null;
    this.segmenter.restart();
    this.#telemetry.restart();
  }

  #modeChanged(mode: Mode): void {
    this.#mode = mode;
    this.segmenter.restart(Math.round(settleSeconds * this.#sampleRateHz));
    for (const curve of Object.values(this.#curves)) curve.running.restart();
    this.#telemetry.restart();
  }

  #segment({ samples }: Segment): void {
    const { error, disturbance, reference, output } = samples;
    if (error && disturbance) {
      const [e, d] = this.#densities.of(error, disturbance);
      if (this.#mode === 'anc') this.#add('on', e);
      this.#add('off', this.#mode === 'off' ? e : d);
    }
    if (reference && output) {
      const [x, y] = this.#densities.of(reference, output);
      this.#add('reference', x);
      this.#add('output', y);
    }
    this.#onSegment();
  }

  #add(name: CurveName, density: Float64Array): void {
    const curve = this.#curves[name];
    curve.running.add(density);
    curve.atMs = this.#now();
    curve.view = null;
  }

  /** Attenuation between two frequencies; null outside anc mode and before both sides are known. */
  attenuationDb(lowHz: number, highHz: number): number | null {
    const { off, on } = this.#curves;
    if (this.#mode !== 'anc' || !off.running.segments || !on.running.segments) return null;
    const offPower = bandPower(off.running.density, this.#binHz, lowHz, highHz);
    const onPower = bandPower(on.running.density, this.#binHz, lowHz, highHz);
    return offPower > 0 && onPower > 0 ? 10 * Math.log10(offPower / onPower) : null;
  }

  /** `signalsWanted`: whether samples are asked for at all; without them the figures come from telemetry. */
  view(signalsWanted: boolean): AnalysisView {
    const source = !this.#telemetryKnown() ? 'none' : signalsWanted ? 'signals' : 'telemetry';
    const offMethod = this.#mode === 'off' ? 'measured' : 'estimated';
    return {
      timeMs: this.#now(),
      source,
      method: this.#method(source),
      offMethod,
      headline: source === 'telemetry' ? this.#broadband() : this.#headline(),
      octaves: source === 'signals' ? this.#octaves() : [],
      bound: source === 'signals' && this.#mode === 'anc' ? this.bound : null,
      frequencyHz: this.#frequencyHz.map(rounded),
      bandHz: this.#bands.map((band) => band.nominalHz),
      off: this.#curve('off'),
      on: this.#curve('on'),
      reference: this.#curve('reference'),
      output: this.#curve('output'),
    };
  }

  #telemetryKnown(): boolean {
    return !Number.isNaN(this.#telemetry.error);
  }

  #method(source: AnalysisView['source']): string {
    if (source === 'none') return 'No data yet.';
    const off =
      this.#mode === 'off'
        ? 'off: error microphone'
        : 'off: the headset’s own estimate e − ŝ∗y of the error without cancelling';
    if (source === 'telemetry') {
      return `Mean squares of telemetry over the full band, ${windowSeconds} s exponential window, because the link is too slow for samples; ${off}.`;
    }
    const bin = this.#binHz.toFixed(1);
    return `Welch, Hann, ${bin} Hz bins, ${windowSeconds} s exponential window; on: error microphone; ${off}.`;
  }

  #headline(): AttenuationFigure | null {
    const db = this.attenuationDb(headlineBand.lowHz, headlineBand.highHz);
    return db === null ? null : { band: headlineName, db: rounded(db) };
  }

  #broadband(): AttenuationFigure | null {
    const db = this.#mode === 'anc' ? this.#telemetry.attenuationDb() : null;
    return db === null ? null : { band: 'broadband', db: rounded(db) };
  }

  #octaves(): AttenuationFigure[] {
    return octaves.flatMap(({ nominalHz, lowHz, highHz }) => {
      const db = this.attenuationDb(lowHz, highHz);
      return db === null ? [] : [{ band: String(nominalHz), db: rounded(db) }];
    });
  }

  #curve(name: CurveName): SpectrumCurve | null {
    const curve = this.#curves[name];
    if (Number.isNaN(curve.atMs)) return null;
    const { density } = curve.running;
    curve.view ??= {
      densityDb: gridDensity(density, this.#binHz, this.#frequencyHz).map((power) =>
        rounded(powerDb(power)),
      ),
      bandDb: this.#bands.map(({ lowHz, highHz }) =>
        rounded(powerDb(bandPower(density, this.#binHz, lowHz, highHz))),
      ),
      atMs: curve.atMs,
    };
    return curve.view;
  }
}
