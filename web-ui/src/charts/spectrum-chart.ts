import { store, type Topic } from '../store.ts';
import { SpectrumPair } from './spectrum-pair.ts';

/** Power density at the error microphone, off and on. */
export class SpectrumChart extends SpectrumPair {
  protected readonly store = store;
  protected readonly topics: readonly Topic[] = ['analysis'];
  protected readonly heading = 'Spectrum';
  protected readonly legend = [
    { text: 'ANC on', colour: 'on' },
    { text: 'off', colour: 'off' },
  ];

  protected description(): string {
    const headline = store.analysis?.headline;
    const figure = headline
      ? `, ${headline.db.toFixed(1)} dB less with ANC in ${headline.band} Hz`
      : '';
    return `Power density at the error microphone from 20 Hz to 20 kHz with ANC off and on${figure}`;
  }

  protected curves() {
    const { analysis } = store;
    if (!analysis) return null;
    const curve = (name: 'off' | 'on') =>
      (analysis[name]?.densityDb ?? []).map((y, i) => ({ x: analysis.frequencyHz[i]!, y }));
    return { off: curve('off'), on: curve('on') };
  }
}

customElements.define('anc-spectrum-chart', SpectrumChart);
