import type { SessionSettings } from '../../../host/sessions/protocol/index.ts';
import { loadCore } from '../../../host/wasm/src/browser.ts';
import { Canceller } from '../audio/canceller.ts';

/** noise, so that the filter has something to do */
const noise = Float32Array.from({ length: 4096 }, () => Math.random() - 0.5);

/**
 * What the canceller takes for a block on this machine, ms: the median of some runs of many blocks, because a browser’s
 * clock counts in tenths of a ms, and the worklet has none.
 */
export async function filterTimeMs(
  module: WebAssembly.Module,
  settings: SessionSettings,
  blockSamples: number,
): Promise<number> {
  const canceller = new Canceller(await loadCore(module), settings, blockSamples);
  const output = new Float32Array(blockSamples);
  const blocks = 64;
  const runs = Array.from({ length: 9 }, () => {
    const start = performance.now();
    for (let i = 0; i < blocks; i += 1) {
      const at = (i * blockSamples) % (noise.length - blockSamples);
      const block = noise.subarray(at, at + blockSamples);
      canceller.process(block, block, output);
    }
    return (performance.now() - start) / blocks;
  });
  canceller.dispose();
  return runs.sort((a, b) => a - b)[runs.length >> 1]!;
}
