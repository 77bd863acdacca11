import type { Core } from '../../../host/wasm/src/browser.ts';
import { createKernel, kernelBlock } from '../../../host/sessions/live/worker/kernel.ts';
import type { SessionSettings } from '../../../host/sessions/protocol/index.ts';

/** The server’s filter on one channel or two, in a worklet or a worker. */
export class Canceller {
  intensity: number;
  readonly #kernel: ReturnType<typeof createKernel>;

  /**
   * @param blockSamples what `process` is given: fdaf takes no other count, and its taps are a multiple of it
   * @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY
   */
  constructor(core: Core, settings: SessionSettings, blockSamples = kernelBlock) {
    this.#kernel = createKernel(core, settings, blockSamples);
    this.intensity = settings.intensity;
  }

  setStepSize(stepSize: number): void {
    this.#kernel.setStepSize(stepSize);
  }

  /**
   * @param primary −1..1
   * @param reference of equal length; not looked at with one channel
   * @param output may be `primary`
   */
  process(primary: Float32Array, reference: Float32Array, output: Float32Array): void {
    const kernel = this.#kernel;
    kernel.primary.set(primary);
    kernel.reference?.set(reference);
    kernel.run(primary.length);
    kernel.mix(primary.length, this.intensity);
    output.set(kernel.rest.subarray(0, primary.length));
  }

  dispose(): void {
    this.#kernel.dispose();
  }
}
