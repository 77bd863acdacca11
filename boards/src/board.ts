/** One board, as in its board.yaml; board.schema.json holds the ranges. */
export interface Board {
  readonly id: string;
  readonly name: string;
  readonly chip: {
    readonly family: Family;
    readonly core: string;
    readonly firmware: string;
    /** Given where there is a chip: its cycles are the budget. */
    readonly cpuMhz?: number;
  };
  readonly codec: {
    readonly model: string;
    readonly interface: string;
    readonly bits: number;
    /** Of Espressif's esp_codec_dev; 'none' where the converters need no set-up. */
    readonly driver?: 'none' | 'es8388' | 'es8311';
    /** 7 bits, without the read/write bit. */
    readonly i2cAddress?: number;
    readonly mode?: 'std' | 'tdm';
    /** Which I2S slot each microphone is in. */
    readonly microphones?: { readonly reference: Slot; readonly error: Slot };
  };
  readonly sampleRateHz: number;
  readonly clocks: {
    readonly masterHz: number;
    readonly bitHz: number;
    readonly blockSamples: number;
    readonly source?: 'default' | 'apll';
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
  readonly recovery?: Recovery;
  /** The exact board, as its maker calls it. */
  readonly revision?: string;
  readonly pins?: Pins;
  /** I2S DMA: each descriptor holds clocks.blockSamples frames. */
  readonly dma?: { readonly descriptors: number };
  readonly link?: Link;
  readonly memory?: {
    readonly flashMb: number;
    readonly psramMb: number;
    readonly psramMode?: 'quad' | 'octal' | 'hex';
    readonly usePsram: boolean;
  };
  readonly partitions?: {
    readonly nvsKb: number;
    readonly settingsKb: number;
    readonly otaKb: number;
    readonly coredumpKb: number;
  };
  readonly wiring?: readonly WiredPart[];
  /** Where the facts were read. */
  readonly sources?: readonly string[];
}

/** A board that one can hold in the hand: the schema asks for all of this where there is a chip. */
export type RealBoard = Board &
  Required<
    Pick<
      Board,
      | 'recovery'
      | 'revision'
      | 'pins'
      | 'dma'
      | 'link'
      | 'memory'
      | 'partitions'
      | 'wiring'
      | 'sources'
    >
  > & {
    readonly chip: { readonly family: ChipFamily; readonly cpuMhz: number };
    readonly codec: Required<Pick<Board['codec'], 'driver' | 'mode' | 'microphones'>>;
    readonly clocks: Required<Board['clocks']>;
  };

export type ChipFamily = 'esp32' | 'esp32s3' | 'esp32c3' | 'esp32c6' | 'esp32p4';
export type Family = 'virtual' | 'qemu' | ChipFamily;
export type Slot = 'left' | 'right';
export type Level = 'low' | 'high';

export interface Pins {
  readonly i2s: {
    readonly mclk?: number;
    readonly bck: number;
    readonly ws: number;
    readonly dout: number;
    readonly din: number;
    /** Pins that carry a second copy of a clock, for parts that the first does not reach. */
    readonly bckCopy?: number;
    readonly wsCopy?: number;
  };
  readonly i2c?: { readonly sda: number; readonly scl: number };
  /** Silences the output before anything may click or howl; `active` is the level that mutes. */
  readonly mute?: SwitchedPin;
  /** Switches the power amplifier; `active` is the level that turns it on. */
  readonly amplifier?: SwitchedPin;
  readonly buttons: readonly { readonly name: string; readonly gpio: number }[];
  readonly led?: { readonly gpio: number; readonly kind: 'plain' | 'addressable' };
  /** Pins that the board itself uses and nothing else may. */
  readonly taken?: readonly { readonly gpio: number; readonly by: string }[];
  /** Strapping pins in use, each with the reason why that is safe. */
  readonly strapping?: readonly { readonly gpio: number; readonly why: string }[];
}

export interface SwitchedPin {
  readonly gpio: number;
  readonly active: Level;
}

export type Link =
  | { readonly kind: 'usb-serial-jtag' }
  | { readonly kind: 'usb-cdc' }
  | {
      readonly kind: 'uart';
      readonly tx: number;
      readonly rx: number;
      readonly baud: number;
      readonly bridge: string;
    };

export interface WiredPart {
  readonly id: string;
  readonly name: string;
  readonly kind:
    'reference-microphone' | 'error-microphone' | 'converter' | 'amplifier' | 'loudspeaker';
  /** Soldered to the board: nothing to wire. */
  readonly onBoard?: boolean;
  /** Terminal to a net: a signal of `pins` (`i2s.bck`, `mute`), a supply, or `PART.TERMINAL`. */
  readonly terminals: Readonly<Record<string, string>>;
}

/** What to do, in words, when the headset does not answer. */
export interface Recovery {
  /** Starts the headset with its stored settings ignored. */
  readonly safeMode: readonly string[];
  /** The one of `pins.buttons` that the firmware reads for that while it starts. */
  readonly safeModeButton?: string;
  /** Enters the chip's ROM loader, which takes a new firmware whatever is in the flash. */
  readonly downloadMode?: readonly string[];
}

export interface LatencyPart {
  readonly what: string;
  readonly microseconds: number;
  readonly source: string;
  /** How the figure was come by; none of a virtual board is measured either. */
  readonly basis?: 'data sheet' | 'calculated' | 'assumed' | 'measured';
  /** The part that must be what clocks and DMA make it. */
  readonly of?: 'dma';
}
