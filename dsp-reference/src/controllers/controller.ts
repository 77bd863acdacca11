/** One sample takes two steps, as in the engine. Samples are −1..1. */
export interface Controller {
  /** The loudspeaker's sample for the reference microphone's. */
  output(reference: number): number;
  /** Learns from the error microphone's sample of the same instant. */
  adapt(error: number): void;
}

export interface ControllerOptions {
  readonly sampleRateHz: number;
  /** impulse response of the model of loudspeaker → error microphone, loop latency included; empty: none */
  readonly secondary: Float64Array;
  /** model of loudspeaker → reference microphone, latency included; empty or absent: none */
  readonly feedback?: Float64Array;
  /** of the control filter, 32..4096 */
  readonly taps: number;
  /** the algorithm's own default when absent */
  readonly stepSize?: number;
  /** decay of the weights, 1/s */
  readonly leakage?: number;
  /** largest magnitude of the output, linear; default −1 dBFS */
  readonly outputLimit?: number;
  readonly seed?: number;
}

/** Makes a controller by the name of its algorithm, one of ALGORITHMS. */
export type ControllerFactory = (algorithm: string, options: ControllerOptions) => Controller;

export const OUTPUT_LIMIT = 10 ** (-1 / 20);
