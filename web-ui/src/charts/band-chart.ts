import type { Chart, ChartConfiguration } from 'chart.js';
import { signed } from '../format.ts';
import { store, type Topic } from '../store.ts';
import { ChartElement, chartOptions, colour } from './chart-element.ts';

/** Attenuation in each third-octave band: up is quieter, below zero the canceller makes it louder. */
export class BandChart extends ChartElement {
  protected readonly topics: readonly Topic[] = ['analysis'];
  protected readonly heading = 'Attenuation by third octave';
  protected readonly legend = [{ text: 'off − on', colour: 'good' }];
  #bands = '';

  #values(): { centreHz: number; attenuationDb: number }[] {
    const { analysis } = store;
    if (!analysis?.off || !analysis.on) return [];
    return analysis.bandHz.map((centreHz, i) => ({
      centreHz,
      attenuationDb: analysis.off!.bandDb[i]! - analysis.on!.bandDb[i]!,
    }));
  }

  protected description(): string {
    const some = this.#values().filter(({ centreHz }) =>
      [63, 125, 250, 500, 1000].includes(centreHz),
    );
    const text = some.map(
      ({ centreHz, attenuationDb }) => `${centreHz} Hz ${signed(attenuationDb)} dB`,
    );
    return `Attenuation by third octave: ${text.join(', ') || 'no data yet'}`;
  }

  protected configuration(): ChartConfiguration {
    const options = chartOptions(
      { title: 'band centre, Hz', min: 0, max: 1 },
      { title: 'attenuation, dB', min: -10, max: 40, step: 10 },
    );
    const values = this.#values();
    const { ticks, title, grid, border } = options.scales!['x'] as unknown as Record<
      string,
      unknown
    >;
    const labels = values.map(({ centreHz }) =>
      centreHz >= 1000 ? `${centreHz / 1000}k` : String(centreHz),
    );
    const plainTicks = {
      ...(ticks as Record<string, unknown>),
      callback: (_value: unknown, index: number) => labels[index],
    };
    return {
      type: 'bar',
      data: {
        labels,
        datasets: [
          { data: [], backgroundColor: [], barPercentage: 0.95, categoryPercentage: 0.95 },
        ],
      },
      options: {
        ...options,
        parsing: {},
        scales: {
          ...options.scales,
          x: {
            type: 'category',
            title,
            grid: { ...(grid as object), display: false },
            border,
            ticks: plainTicks,
          },
        },
      },
    } as ChartConfiguration;
  }

  protected fill(chart: Chart): void {
    const values = this.#values();
    const bands = values.map(({ centreHz }) => centreHz).join();
    if (bands !== this.#bands) {
      this.#bands = bands;
      this.rebuild();
      return;
    }
    const dataset = chart.data.datasets[0]!;
    dataset.data = values.map(({ attenuationDb }) => attenuationDb);
    dataset.backgroundColor = values.map(({ attenuationDb }) =>
      colour(attenuationDb >= 0 ? 'good' : 'bad'),
    );
  }
}

customElements.define('anc-band-chart', BandChart);
