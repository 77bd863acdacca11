/** One board, as in its board.yaml; board.schema.json holds the ranges. */
export interface Board {
  readonly id: string;
  readonly name: string;
  readonly chip: { readonly family: string; readonly core: string; readonly firmware: string };
  readonly codec: { readonly model: string; readonly interface: string; readonly bits: number };
  readonly sampleRateHz: number;
  readonly clocks: {
    readonly masterHz: number;
    readonly bitHz: number;
    readonly blockSamples: number;
  };
  readonly latency: {
    /** Microphone to loudspeaker at `sampleRateHz`, converters and blocks, without the acoustics. */
    readonly addedSamples: number;
    readonly parts: readonly LatencyPart[];
  };
  readonly limits: {
    readonly maxTaps: number;
    readonly maxSecondaryTaps: number;
    readonly outputLimitDb: number;
  };
  readonly acoustics: {
    readonly paths: string;
    readonly noise: string;
    /** RMS at the reference microphone, dBFS. */
    readonly levelDb: number;
    /** RMS of each microphone's own noise, dBFS. */
    readonly micNoiseDb: number;
  };
  readonly usb: { readonly ids: readonly string[] };
  /** Start values where they differ from the parameter table's defaults. */
  readonly parameters: Readonly<Record<string, number | boolean | string>>;
}

export interface LatencyPart {
  readonly what: string;
  readonly microseconds: number;
  readonly source: string;
}
