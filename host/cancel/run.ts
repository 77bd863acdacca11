import { AncError } from '@anc/link';
import type { Canceller } from './engines.ts';

export interface RunOptions {
  /** seconds of sound between two looks at the clock and the signal */
  readonly sampleRateHz: number;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

const PIECE = 4096;

/**
 * Runs all samples through a canceller, with room for other events in between.
 * @returns the error, and the milliseconds that the canceller itself took
 * @throws AncError CANCEL_DIVERGED; the signal's reason
 */
export async function runCanceller(
  canceller: Canceller,
  x: Float64Array,
  d: Float64Array,
  { sampleRateHz, onProgress, signal }: RunOptions,
): Promise<{ e: Float64Array; elapsedMs: number }> {
  const e = new Float64Array(d.length);
  // whole blocks of every engine
  const piece = Math.ceil(sampleRateHz / 4 / PIECE) * PIECE;
  let elapsedMs = 0;
  for (let at = 0; at < d.length; at += piece) {
    const start = performance.now();
    const end = Math.min(d.length, at + piece);
    e.set(canceller.process(x.subarray(at, end), d.subarray(at, end)), at);
    elapsedMs += performance.now() - start;
    onProgress?.(end / d.length);
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
  const bad = e.findIndex((v) => !Number.isFinite(v));
  if (bad < 0) return { e, elapsedMs };
  throw new AncError(
    'CANCEL_DIVERGED',
    `The filter diverged: the error is ${e[bad]} at sample ${bad}.`,
    {
      hint: 'Take a smaller --step, or a larger --epsilon.',
    },
  );
}
