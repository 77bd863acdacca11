import type { Chart, ChartConfiguration } from 'chart.js';
import { store, type Topic } from '../store.ts';
import { ChartElement, chartOptions, colour } from './chart-element.ts';

const frequencyLabels = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000];

/** Power density at the error microphone, off and on. */
export class SpectrumChart extends ChartElement {
  protected readonly topics: readonly Topic[] = ['analysis'];
  protected readonly heading = 'Spectrum';
  protected readonly legend = [
    { text: 'ANC on', colour: 'on' },
    { text: 'off', colour: 'off' },
  ];
  #range: [number, number] = [-140, -30];

  protected description(): string {
    const headline = store.analysis?.headline;
    const figure = headline
      ? `, ${headline.db.toFixed(1)} dB less with ANC in ${headline.band} Hz`
      : '';
    return `Power density at the error microphone from 20 Hz to 20 kHz with ANC off and on${figure}`;
  }

  protected configuration(): ChartConfiguration {
    const [min, max] = this.#range;
    const line = (name: string) => ({ data: [], borderColor: colour(name), borderWidth: 1.5 });
    return {
      type: 'line',
      data: { datasets: [line('off'), line('on')] },
      options: chartOptions(
        { title: 'frequency, Hz', min: 20, max: 20000, logarithmic: true, labels: frequencyLabels },
        { title: 'density, dBFS/Hz', min, max, step: 20 },
      ),
    };
  }

  protected fill(chart: Chart): void {
    const { analysis } = store;
    if (!analysis) return;
    const curve = (name: 'off' | 'on') =>
      (analysis[name]?.densityDb ?? []).map((y, i) => ({ x: analysis.frequencyHz[i]!, y }));
    const [off, on] = [curve('off'), curve('on')];
    chart.data.datasets[0]!.data = off;
    chart.data.datasets[1]!.data = on;
    const peak = Math.max(-200, ...off.map(({ y }) => y), ...on.map(({ y }) => y));
    const max = Math.min(0, Math.ceil((peak + 4) / 20) * 20);
    if (peak <= -200 || max === this.#range[1]) return;
    this.#range = [max - 100, max];
    this.rebuild();
  }
}

customElements.define('anc-spectrum-chart', SpectrumChart);
