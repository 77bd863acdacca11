import { FORM_FIR, FORM_MULTIRATE } from './config.ts';
import { clamp32 } from './fixed.ts';
import { DIRECT_TAPS, lateCount } from './multirate.ts';

export const MAX_TAPS = 1024;

/** What the engine's control filter consists of. */
export interface FilterShape {
  readonly form: number;
  /** lags that it reaches over */
  readonly taps: number;
  /** at the full rate: these learn by FxNLMS */
  readonly directTaps: number;
  /** all taps, or the direct and the late ones */
  readonly weightCount: number;
}

/** As anc_engine_configure makes it from raw values; out of range is clamped. */
export function filterShape(wantedForm: number, wantedTaps: number): FilterShape {
  if (wantedForm !== FORM_MULTIRATE) {
    const taps = clamp32(wantedTaps, 32, MAX_TAPS) & -16;
    return { form: FORM_FIR, taps, directTaps: taps, weightCount: taps };
  }
  const taps = clamp32(wantedTaps, 128, MAX_TAPS) & -32;
  const weightCount = DIRECT_TAPS + lateCount(taps);
  return { form: FORM_MULTIRATE, taps, directTaps: DIRECT_TAPS, weightCount };
}
