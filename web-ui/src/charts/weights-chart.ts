import type { Chart, ChartConfiguration } from 'chart.js';
import { store, type Topic } from '../store.ts';
import { ChartElement, chartOptions, colour } from './chart-element.ts';

/** The control filter's impulse response. */
export class WeightsChart extends ChartElement {
  protected readonly store = store;
  protected readonly topics: readonly Topic[] = ['weights'];
  protected readonly heading = 'Control filter';
  protected readonly legend = [{ text: 'weights', colour: 'output' }];
  #taps = 512;
  #peak = 1;

  protected description(): string {
    const weights = store.weights?.weights ?? [];
    const peak = weights.reduce((max, w) => Math.max(max, Math.abs(w)), 0);
    return `Impulse response of the control filter: ${weights.length} taps, largest weight ${peak.toPrecision(2)}`;
  }

  protected configuration(): ChartConfiguration {
    return {
      type: 'line',
      data: { datasets: [{ data: [], borderColor: colour('output'), borderWidth: 1 }] },
      options: chartOptions(
        { title: 'tap', min: 0, max: this.#taps, step: this.#taps / 4 },
        { title: 'weight, 1 = unit gain', min: -this.#peak, max: this.#peak },
      ),
    };
  }

  protected fill(chart: Chart): void {
    const weights = store.weights?.weights ?? [];
    chart.data.datasets[0]!.data = weights.map((y, x) => ({ x, y }));
    const largest = weights.reduce((max, w) => Math.max(max, Math.abs(w)), 0.01);
    // 1, 2, 5, 10 …: a scale that seldom changes
    const decade = 10 ** Math.floor(Math.log10(largest));
    const peak = decade * ([1, 2, 5, 10].find((step) => step * decade >= largest) ?? 10);
    if ((peak === this.#peak && weights.length === this.#taps) || weights.length === 0) return;
    this.#peak = peak;
    this.#taps = weights.length;
    this.rebuild();
  }
}

customElements.define('anc-weights-chart', WeightsChart);
