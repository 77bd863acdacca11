/** The acoustics of one ear as impulse responses. The conventions are those of docs/plant.md. */
export interface Paths {
  readonly sampleRateHz: number;
  /** noise source → reference microphone */
  readonly reference: Float64Array;
  /** noise source → error microphone */
  readonly primary: Float64Array;
  /** loudspeaker drive → error microphone, without the latency of the loop */
  readonly secondary: Float64Array;
  /** loudspeaker drive → reference microphone, likewise */
  readonly feedback: Float64Array;
  /** `person001_L`, `dummy_az090_L`, `builtin:normal` */
  readonly label: string;
  /** `normal`, `slightly loose`, `loose`, a handling case; `dummy` for the dummy head */
  readonly fit: string;
}

export const PATHS_SAMPLE_RATE_HZ = 48000;
