import { signed } from '../../src/format.ts';
import { SpectrumPair } from '../../src/charts/spectrum-pair.ts';
import { store, type Topic } from './live-store.ts';

/** Before and after the canceller, the last second. */
export class LiveSpectrum extends SpectrumPair {
  protected readonly store = store;
  protected readonly topics: readonly Topic[] = ['spectra'];
  protected readonly heading = 'Spectrum of the last second';
  protected readonly legend = [
    { text: 'before', colour: 'off' },
    { text: 'after', colour: 'on' },
  ];

  protected description(): string {
    const db = store.spectra?.low.db ?? null;
    const figure = db === null ? '' : `, ${signed(db)} dB less between 50 and 1000 Hz`;
    return `Power density from 20 Hz to 20 kHz before and after the canceller${figure}`;
  }

  protected curves() {
    return store.spectra;
  }
}

customElements.define('anc-live-spectrum', LiveSpectrum);
