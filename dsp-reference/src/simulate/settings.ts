import { DspError } from '../errors.ts';
import { FORM_FIR, MODE_ANC, MODE_OFF, MODE_TRANSPARENCY } from '../model/index.ts';
import type { EngineConfig } from '../model/index.ts';

/** Parameters of a run under their names in the parameter table, in its units. */
export interface SimulationSettings {
  readonly mode: 'off' | 'transparency' | 'anc';
  readonly adapt: boolean;
  readonly mute: boolean;
  /** samples, 32..1024 in steps of 16 */
  readonly taps: number;
  /** µ, 0..0.2 */
  readonly stepSize: number;
  /** 1/s, 0..20 */
  readonly leakage: number;
  /** dBFS, −100..−30 */
  readonly energyFloorDb: number;
  /** dBFS, −40..0 */
  readonly outputLimitDb: number;
  /** dB, −40..12 */
  readonly transparencyGainDb: number;
}

/** The defaults of the parameter table, with the canceller on. */
export const DEFAULT_SETTINGS: SimulationSettings = {
  mode: 'anc',
  adapt: true,
  mute: false,
  taps: 1024,
  stepSize: 0.004,
  leakage: 0.01,
  energyFloorDb: -70,
  outputLimitDb: -1,
  transparencyGainDb: 0,
};

const MODES = { off: MODE_OFF, transparency: MODE_TRANSPARENCY, anc: MODE_ANC } as const;

const RANGES: Readonly<Record<string, readonly [low: number, high: number, unit: string]>> = {
  taps: [32, 1024, 'samples'],
  stepSize: [0, 0.2, ''],
  leakage: [0, 20, '1/s'],
  energyFloorDb: [-100, -30, 'dBFS'],
  outputLimitDb: [-40, 0, 'dBFS'],
  transparencyGainDb: [-40, 12, 'dB'],
};

/**
 * All settings of a run from those that differ from the defaults.
 * @throws DspError SETTING_INVALID: unknown name, wrong type, out of range
 */
export function completeSettings(changes: Partial<SimulationSettings> = {}): SimulationSettings {
  for (const [name, value] of Object.entries(changes)) check(name, value);
  const settings = { ...DEFAULT_SETTINGS, ...changes };
  return { ...settings, taps: settings.taps & -16 };
}

function check(name: string, value: unknown): void {
  if (!Object.hasOwn(DEFAULT_SETTINGS, name)) {
    const known = Object.keys(DEFAULT_SETTINGS).join(', ');
    throw invalid(`There is no setting "${name}".`, `Settings of a simulation: ${known}.`);
  }
  const wanted = typeof DEFAULT_SETTINGS[name as keyof SimulationSettings];
  if (typeof value !== wanted) throw invalid(`${name} is ${String(value)}.`, `Give a ${wanted}.`);
  if (name === 'mode' && !Object.hasOwn(MODES, value as string)) {
    throw invalid(`mode is "${String(value)}".`, `Modes: ${Object.keys(MODES).join(', ')}.`);
  }
  const range = RANGES[name];
  if (!range) return;
  const [low, high, unit] = range;
  if (!((value as number) >= low && (value as number) <= high)) {
    throw invalid(`${name} is ${String(value)}.`, `Range: ${low} to ${high} ${unit}`.trim());
  }
}

function invalid(message: string, hint: string): DspError {
  return new DspError('SETTING_INVALID', message, { hint });
}

/** The raw integers of the parameter table. */
export function engineConfigOf(s: SimulationSettings): EngineConfig {
  return {
    mode: MODES[s.mode],
    adapt: s.adapt,
    mute: s.mute,
    filterForm: FORM_FIR,
    taps: s.taps,
    stepSize_e5: Math.round(s.stepSize * 1e5),
    leakage_e3: Math.round(s.leakage * 1e3),
    energyFloorDb_e1: Math.round(s.energyFloorDb * 10),
    outputLimitDb_e1: Math.round(s.outputLimitDb * 10),
    transparencyGainDb_e1: Math.round(s.transparencyGainDb * 10),
  };
}
