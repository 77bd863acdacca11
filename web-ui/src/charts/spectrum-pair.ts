import type { Chart, ChartConfiguration } from 'chart.js';
import { ChartElement, chartOptions, colour } from './chart-element.ts';

const frequencyLabels = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000];
const spanDb = 100;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Two power densities over frequency, without and with the canceller. */
export abstract class SpectrumPair extends ChartElement {
  #range: [number, number] = [-140, -40];

  /** Hz and dBFS/Hz; null while there is nothing */
  protected abstract curves(): { off: readonly Point[]; on: readonly Point[] } | null;

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
    const curves = this.curves() ?? { off: [], on: [] };
    chart.data.datasets[0]!.data = [...curves.off];
    chart.data.datasets[1]!.data = [...curves.on];
    let peak = -200;
    for (const { y } of [...curves.off, ...curves.on]) if (y > peak) peak = y;
    const max = Math.min(0, Math.ceil((peak + 4) / 20) * 20);
    if (peak <= -200 || max === this.#range[1]) return;
    this.#range = [max - spanDb, max];
    this.rebuild();
  }
}
