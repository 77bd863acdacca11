import type { Chart, ChartConfiguration } from 'chart.js';
import { html } from 'lit';
import { signed } from '../format.ts';
import type { LevelPoint } from '../level-history.ts';
import { store, type Topic } from '../store.ts';
import { ChartElement, chartOptions, colour } from './chart-element.ts';

const bottomDb = -110;

/** The error's level with and without cancelling over the last minute, or the last quarter of an hour. */
export class LevelChart extends ChartElement {
  static override properties = { span: { type: String } };
  declare span: 'minute' | 'quarter';
  protected readonly store = store;
  protected readonly topics: readonly Topic[] = ['levels'];
  protected readonly heading = 'Level at the error microphone';
  protected readonly legend = [
    { text: 'now', colour: 'on' },
    { text: 'without ANC (estimate)', colour: 'off' },
  ];
  #range: [number, number] = [-80, -10];

  constructor() {
    super();
    this.span = 'minute';
  }

  protected override controls() {
    const choose = (event: Event) => {
      this.span = (event.target as HTMLSelectElement).value as 'minute' | 'quarter';
      this.rebuild();
    };
    return html`<select aria-label="Time shown" @change=${choose}>
      <option value="minute">1 minute</option>
      <option value="quarter">15 minutes</option>
    </select>`;
  }

  protected description(): string {
    const { telemetry } = store;
    if (!telemetry) return 'Level at the error microphone: no data yet';
    return `Level at the error microphone over time. Now ${signed(telemetry.errorDb)} dBFS, without ANC about ${signed(telemetry.offDb)} dBFS`;
  }

  protected configuration(): ChartConfiguration {
    const isMinute = this.span === 'minute';
    const [min, max] = this.#range;
    const line = (name: string) => ({ data: [], borderColor: colour(name), borderWidth: 1.5 });
    return {
      type: 'line',
      data: { datasets: [line('off'), line('on')] },
      options: chartOptions(
        isMinute
          ? { title: 'time, s', min: -60, max: 0, step: 10 }
          : { title: 'time, min', min: -15, max: 0, step: 3 },
        { title: 'level, dBFS RMS', min, max, step: 10 },
      ),
    };
  }

  /** A range of whole tens that holds the data and changes seldom. */
  #fit(points: readonly LevelPoint[]): void {
    let low = 0;
    let high = bottomDb;
    for (const { errorDb, offDb } of points) {
      for (const value of [errorDb, offDb]) {
        if (value === null) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (high < low) return;
    const min = Math.max(bottomDb, Math.floor((low - 2) / 10) * 10);
    const max = Math.min(0, Math.max(min + 30, Math.ceil((high + 2) / 10) * 10));
    if (min === this.#range[0] && max === this.#range[1]) return;
    this.#range = [min, max];
    this.rebuild();
  }

  protected fill(chart: Chart): void {
    const history = this.span === 'minute' ? store.fine : store.coarse;
    const unitMs = this.span === 'minute' ? 1000 : 60_000;
    const nowMs = history.lastMs ?? 0;
    const column = (name: 'offDb' | 'errorDb') =>
      history.points.map((point) => ({
        x: (point.timeMs - nowMs) / unitMs,
        y: point[name] ?? NaN,
      }));
    chart.data.datasets[0]!.data = column('offDb');
    chart.data.datasets[1]!.data = column('errorDb');
    this.#fit(history.points);
  }
}

customElements.define('anc-level-chart', LevelChart);
