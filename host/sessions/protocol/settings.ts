/** What a live session may be told, with its limits. The API’s schema and the pages’ forms come from this table. */
export interface SessionSettings {
  /**
   * `fdaf`: frequency domain, the cheapest. `nlms`: time domain, single precision. `nlms-q31`, `nlms-q15`: the headset’s
   * fixed point; with one channel only `fdaf` and `nlms`.
   */
  readonly algorithm: Algorithm;
  /** length of the adaptive filter, samples at 48 kHz; fdaf: a multiple of 512 */
  readonly taps: number;
  /** normalised step size µ */
  readonly stepSize: number;
  /** how much of the estimated noise is taken away: 0 none, 1 all */
  readonly intensity: number;
  /** chunks that may wait on the server; when one more comes, the oldest is dropped */
  readonly bufferSize: number;
  /** leave out the classification of the noise */
  readonly bypassMl: boolean;
  /** 1: line enhancer, only noise that can be predicted goes; 2: primary and reference */
  readonly channels: 1 | 2;
  /** Δ of the line enhancer, samples: noise correlated for longer is taken away */
  readonly delay: number;
  readonly sampleFormat: 'int16' | 'float32';
}

export const algorithms = ['fdaf', 'nlms', 'nlms-q31', 'nlms-q15'] as const;
export type Algorithm = (typeof algorithms)[number];

export const sampleRateHz = 48_000;
export const chunkSamples = 512;

export const settingLimits = {
  taps: { min: 16, max: 4096 },
  stepSize: { min: 0.0001, max: 1 },
  intensity: { min: 0, max: 1 },
  bufferSize: { min: 1, max: 32 },
  delay: { min: 1, max: 9600 },
} as const;

export const defaultSettings: SessionSettings = {
  algorithm: 'fdaf',
  taps: 512,
  stepSize: 0.01,
  intensity: 1,
  bufferSize: 3,
  bypassMl: false,
  channels: 1,
  delay: 480,
  sampleFormat: 'float32',
};

/** Which settings a running session takes; the others need a new one. */
export const liveSettings = ['stepSize', 'intensity', 'bufferSize', 'bypassMl'] as const;
