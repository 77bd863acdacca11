import type { Chart, ChartConfiguration } from 'chart.js';
import { html } from 'lit';
import { signed } from '../format.ts';
import { store, type Topic } from '../store.ts';
import { type Axis, ChartElement, chartOptions, colour } from './chart-element.ts';

interface BandValue {
  readonly centreHz: number;
  readonly offDb: number;
  readonly onDb: number;
}

const bottomDb = -120;
const axes: Readonly<Record<'attenuation' | 'levels', Axis>> = {
  attenuation: { title: 'attenuation, dB', min: -10, max: 40, step: 10 },
  levels: { title: 'band level, dBFS', min: bottomDb, max: 0, step: 20 },
};

/** Third octaves: attenuation (up is quieter, below zero the canceller makes it louder), or the levels with ANC off and on. */
export class BandChart extends ChartElement {
  static override properties = { view: { type: String } };
  declare view: 'attenuation' | 'levels';
  protected readonly store = store;
  protected readonly topics: readonly Topic[] = ['analysis'];
  protected readonly heading = 'Third octaves';
  #bands = '';

  constructor() {
    super();
    this.view = 'attenuation';
  }

  protected get legend() {
    return this.view === 'attenuation'
      ? [{ text: 'attenuation, off − on', colour: 'good' }]
      : [
          { text: 'ANC on', colour: 'on' },
          { text: 'off', colour: 'off' },
        ];
  }

  protected override controls() {
    const choose = (event: Event) => {
      this.view = (event.target as HTMLSelectElement).value as 'attenuation' | 'levels';
      this.rebuild();
    };
    return html`<select aria-label="What the bars show" @change=${choose}>
      <option value="attenuation">attenuation</option>
      <option value="levels">levels off and on</option>
    </select>`;
  }

  #values(): BandValue[] {
    const { analysis } = store;
    if (!analysis?.off || !analysis.on) return [];
    const { off, on } = analysis;
    return analysis.bandHz.map((centreHz, i) => ({
      centreHz,
      offDb: off.bandDb[i]!,
      onDb: on.bandDb[i]!,
    }));
  }

  protected description(): string {
    const some = this.#values().filter(({ centreHz }) =>
      [63, 125, 250, 500, 1000].includes(centreHz),
    );
    const text = some.map(
      ({ centreHz, offDb, onDb }) => `${centreHz} Hz ${signed(offDb - onDb)} dB`,
    );
    return `Attenuation by third octave: ${text.join(', ') || 'no data yet'}`;
  }

  protected configuration(): ChartConfiguration {
    const options = chartOptions({ title: 'band centre, Hz', min: 0, max: 1 }, axes[this.view]);
    const x = options.scales!['x'] as unknown as Record<string, unknown>;
    const labels = this.#values().map(({ centreHz }) =>
      centreHz >= 1000 ? `${centreHz / 1000}k` : String(centreHz),
    );
    const category = {
      type: 'category',
      title: x['title'],
      border: x['border'],
      grid: { ...(x['grid'] as object), display: false },
      ticks: { ...(x['ticks'] as object), callback: (_: unknown, index: number) => labels[index] },
    };
    const bars = { data: [], barPercentage: 0.95, categoryPercentage: 0.9 };
    const levels = [
      { ...bars, base: bottomDb, backgroundColor: colour('off') },
      { ...bars, base: bottomDb, backgroundColor: colour('on') },
    ];
    return {
      type: 'bar',
      data: {
        labels,
        datasets: this.view === 'levels' ? levels : [{ ...bars, backgroundColor: [] }],
      },
      options: { ...options, parsing: {}, scales: { ...options.scales, x: category } },
    } as unknown as ChartConfiguration;
  }

  protected fill(chart: Chart): void {
    const values = this.#values();
    const bands = values.map(({ centreHz }) => centreHz).join();
    if (bands !== this.#bands) {
      this.#bands = bands;
      this.rebuild();
      return;
    }
    const [first, second] = chart.data.datasets;
    if (second) {
      first!.data = values.map(({ offDb }) => Math.max(bottomDb, offDb));
      second.data = values.map(({ onDb }) => Math.max(bottomDb, onDb));
      return;
    }
    first!.data = values.map(({ offDb, onDb }) => offDb - onDb);
    first!.backgroundColor = values.map(({ offDb, onDb }) =>
      colour(offDb >= onDb ? 'good' : 'bad'),
    );
  }
}

customElements.define('anc-band-chart', BandChart);
