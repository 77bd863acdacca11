import { signed } from '../../src/format.ts';
import { SpectrumPair } from '../../src/charts/spectrum-pair.ts';
import { store, type Topic } from './files-store.ts';

/** Before and after over the last half, at most 30 s. */
export class FileSpectrum extends SpectrumPair {
  protected readonly store = store;
  protected readonly topics: readonly Topic[] = ['result'];
  protected readonly heading = 'Spectrum, the last half (at most 30 s)';
  protected readonly legend = [
    { text: 'before', colour: 'off' },
    { text: 'after', colour: 'on' },
  ];

  protected description(): string {
    const db = store.cleaned?.spectra?.low.db ?? null;
    const figure = db === null ? '' : `, ${signed(db)} dB less between 50 and 1000 Hz`;
    return `Power density from 20 Hz to 20 kHz before and after cleaning${figure}`;
  }

  protected curves() {
    return store.cleaned?.spectra ?? null;
  }
}

customElements.define('anc-file-spectrum', FileSpectrum);
