import { chunkSamples, type SessionSettings } from '../../../host/sessions/protocol/index.ts';
import type { Core } from '../../../host/wasm/src/browser.ts';
import { Canceller } from '../audio/canceller.ts';
import type { Recording } from './recording.ts';

export interface CleanOptions {
  readonly settings: SessionSettings;
  /** the second channel is the primary */
  readonly swapped: boolean;
  /** 0..1; called now and then */
  onProgress?(share: number): void;
  /** asked as often; true ends the run */
  isCancelled?(): boolean;
}

/** blocks between two looks at whether someone has cancelled: 1.4 s of sound */
const blocksAtATime = 128;

/**
 * The whole recording through the canceller.
 * @returns null when it was cancelled
 * @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY
 */
export async function clean(
  core: Core,
  { primary, reference }: Recording,
  { settings, swapped, onProgress, isCancelled }: CleanOptions,
): Promise<Float32Array | null> {
  const [d, x] = swapped && reference ? [reference, primary] : [primary, reference ?? primary];
  const canceller = new Canceller(core, settings);
  const [primaryBlock, referenceBlock] = [
    new Float32Array(chunkSamples),
    new Float32Array(chunkSamples),
  ];
  const output = new Float32Array(chunkSamples);
  const cleaned = new Float32Array(d.length);
  try {
    for (let at = 0, block = 1; at < d.length; at += chunkSamples, block += 1) {
      // The last block is filled up with silence.
      const end = Math.min(d.length, at + chunkSamples);
      primaryBlock.fill(0).set(d.subarray(at, end));
      referenceBlock.fill(0).set(x.subarray(at, end));
      canceller.process(primaryBlock, referenceBlock, output);
      cleaned.set(output.subarray(0, end - at), at);
      if (block % blocksAtATime !== 0) continue;
      onProgress?.(end / d.length);
      await new Promise((resolve) => setTimeout(resolve));
      if (isCancelled?.()) return null;
    }
    return cleaned;
  } finally {
    canceller.dispose();
  }
}
