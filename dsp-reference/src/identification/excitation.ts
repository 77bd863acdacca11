import { DspError } from '../errors.ts';
import { Random } from '../noise/random.ts';

export const EXCITATIONS = ['white', 'mls', 'sweep'] as const;
export type Excitation = (typeof EXCITATIONS)[number];

/** x^16 + x^14 + x^13 + x^11 + 1: primitive, so the register runs through all 65,535 states. */
const MLS_FEEDBACK = 0xb400;
const MLS_LENGTH = 65535;
const SWEEP_FROM_HZ = 20;
const SWEEP_TO_HZ = 20000;
const SWEEP_S = 1;

/**
 * A test sound of RMS 1 without end: uniform white noise, a maximum-length sequence of order 16 (Rife and Vanderkooy,
 * J. AES 37, 1989) or logarithmic sweeps of one second from 20 Hz to 20 kHz (Farina, AES 108, 2000).
 */
export function excitation(kind: Excitation, sampleRateHz: number, seed: number): () => number {
  if (kind === 'white') {
    const random = new Random(seed);
    return () => random.white();
  }
  return kind === 'mls' ? mls(seed) : sweep(sampleRateHz);
}

function mls(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % MLS_LENGTH) + 1;
  return () => {
    const bit = state & 1;
    state >>= 1;
    if (bit) state ^= MLS_FEEDBACK;
    return bit ? 1 : -1;
  };
}

function sweep(sampleRateHz: number): () => number {
  const length = Math.round(SWEEP_S * sampleRateHz);
  const top = Math.min(SWEEP_TO_HZ, 0.45 * sampleRateHz);
  const ratio = Math.log(top / SWEEP_FROM_HZ);
  const scale = (2 * Math.PI * SWEEP_FROM_HZ * SWEEP_S) / ratio;
  let n = 0;
  return () => {
    const t = n / length;
    n = (n + 1) % length;
    return Math.SQRT2 * Math.sin(scale * (Math.exp(t * ratio) - 1));
  };
}

/** @throws DspError EXCITATION_UNKNOWN */
export function excitationNamed(name: string): Excitation {
  const found = EXCITATIONS.find((kind) => kind === name);
  if (found) return found;
  throw new DspError('EXCITATION_UNKNOWN', `There is no excitation "${name}".`, {
    hint: `Excitations: ${EXCITATIONS.join(', ')}.`,
  });
}
