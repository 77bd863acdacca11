export const MODE_OFF = 0;
export const MODE_TRANSPARENCY = 1;
export const MODE_ANC = 2;

export const FORM_FIR = 0;
export const FORM_MULTIRATE = 1;

/** Raw values of the parameter table, as anc_config_t. */
export interface EngineConfig {
  mode: number;
  adapt: boolean;
  mute: boolean;
  /** FIR: a weight a tap; multirate: 64 direct weights, then late ones */
  filterForm: number;
  /** 32..1024, rounded down to a multiple of 16; multirate 128.. and 32 */
  taps: number;
  /** mu in 1e-5, 0..20000 */
  stepSize_e5: number;
  /** 1e-3 per second, 0..20000 */
  leakage_e3: number;
  /** 0.1 dBFS, -1000..-300 */
  energyFloorDb_e1: number;
  /** 0.1 dBFS, -400..0 */
  outputLimitDb_e1: number;
  /** 0.1 dB, -400..120 */
  transparencyGainDb_e1: number;
}

export const DEFAULT_CONFIG: Readonly<EngineConfig> = {
  mode: MODE_OFF,
  adapt: true,
  mute: false,
  filterForm: FORM_FIR,
  taps: 1024,
  stepSize_e5: 400,
  leakage_e3: 10,
  energyFloorDb_e1: -700,
  outputLimitDb_e1: -10,
  transparencyGainDb_e1: 0,
};
