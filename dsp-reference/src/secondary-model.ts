import { DspError } from './errors.ts';
import { secondaryFromImpulseResponse } from './model/index.ts';
import type { SecondaryModel } from './model/index.ts';

const DELAY_MAX = 256;
const TAPS_MAX = 512;

/**
 * The engine's model (`anc_secondary_model_t`) of a secondary path behind a loop of some latency.
 * @param secondary impulse response, linear gain per sample, without the latency
 * @param latencySamples integer 0…; becomes the delay of the model, past 256 it goes on in its taps
 * @param taps how much of the response to keep, 1..512; default 512
 * @throws DspError MODEL_IMPOSSIBLE: latency too long to leave taps, silent or not finite response, gain out of range
 */
export function secondaryModelOf(
  secondary: ArrayLike<number>,
  latencySamples = 0,
  taps = TAPS_MAX,
): SecondaryModel {
  const delaySamples = Math.min(latencySamples, DELAY_MAX);
  const padding = latencySamples - delaySamples;
  const kept = Math.min(taps, secondary.length, TAPS_MAX - padding);
  const values = Array.from({ length: kept > 0 ? kept : 0 }, (_, i) => secondary[i]!);
  if (!values.some((v) => v !== 0)) {
    throw impossible(`${latencySamples} samples of latency leave no response to model.`);
  }
  try {
    const padded = [...new Array<number>(padding).fill(0), ...values];
    return secondaryFromImpulseResponse(padded, delaySamples, TAPS_MAX);
  } catch (cause) {
    throw impossible((cause as Error).message, cause);
  }
}

function impossible(message: string, cause?: unknown): DspError {
  return new DspError('MODEL_IMPOSSIBLE', `No secondary model: ${message}`, {
    cause,
    hint: `The model holds ${DELAY_MAX} samples of delay and ${TAPS_MAX} taps with a gain of 2^±16.`,
  });
}

/** The impulse response that a model stands for, delay included: linear gain per sample. */
export function impulseResponseOf(model: SecondaryModel): Float64Array {
  const response = new Float64Array(model.delaySamples + model.taps_q15.length);
  model.taps_q15.forEach((v, i) => {
    response[model.delaySamples + i] = v * 2 ** (model.exponent - 15);
  });
  return response;
}
