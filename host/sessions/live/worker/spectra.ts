import type { Core, SpectrumSession } from '@anc/wasm';
import { sampleRateHz } from '../../protocol/index.ts';

/** 11.7 Hz a bin: four bins in the lowest octave */
export const longSamples = 4096;
/** 46.9 Hz a bin, 21 ms */
export const shortSamples = 1024;
export const longBinHz = sampleRateHz / longSamples;
export const shortBinHz = sampleRateHz / shortSamples;

/** Transforms that all sessions of a worker share. */
export interface Spectra {
  readonly long: SpectrumSession;
  readonly short: SpectrumSession;
}

/** @throws CoreError CORE_OUT_OF_MEMORY */
export function createSpectra(core: Core): Spectra {
  return { long: core.createSpectrum(longSamples), short: core.createSpectrum(shortSamples) };
}
