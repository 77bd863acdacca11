import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { base, card } from '../styles.ts';
import { drawSoon, forget } from './draw-loop.ts';

Chart.register(
  LineController,
  BarController,
  LineElement,
  BarElement,
  PointElement,
  LinearScale,
  LogarithmicScale,
  CategoryScale,
  Filler,
);

/** The value of a CSS custom property, for canvases, which know none. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export interface Axis {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly logarithmic?: boolean;
  readonly step?: number;
  /** Only these get a label. */
  readonly labels?: readonly number[];
}

function scale({ title, min, max, logarithmic, step, labels }: Axis) {
  const size = 11;
  return {
    type: logarithmic ? ('logarithmic' as const) : ('linear' as const),
    min,
    max,
    title: { display: true, text: title, color: colour('soft'), font: { size }, padding: 2 },
    grid: { color: colour('grid'), tickLength: 4 },
    border: { color: colour('line') },
    afterBuildTicks: labels
      ? (axis: { ticks: { value: number }[] }) => {
          axis.ticks = labels.map((value) => ({ value }));
        }
      : undefined,
    ticks: {
      color: colour('soft'),
      font: { size },
      maxRotation: 0,
      autoSkip: !labels,
      ...(step === undefined ? {} : { stepSize: step }),
      callback: (value: string | number) => {
        const number = Number(value);
        return number >= 1000 && logarithmic
          ? `${number / 1000}k`
          : String(number).replace('-', '−');
      },
    },
  };
}

/** The settings without which Chart.js does 26 instead of 60 frames a second: no animation, no parsing, no points. */
export function chartOptions(x: Axis, y: Axis): NonNullable<ChartConfiguration['options']> {
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    events: [],
    elements: { point: { radius: 0 }, line: { borderWidth: 1.5, tension: 0 } },
    scales: { x: scale(x), y: scale(y) },
  } as NonNullable<ChartConfiguration['options']>;
}

export interface LegendEntry {
  readonly text: string;
  readonly colour: string;
}

/** A card with a heading, a legend and a canvas that is drawn when its topics change. */
export abstract class ChartElement extends LitElement {
  protected chart: Chart | null = null;
  #draw = () => this.#drawNow();
  #changed = () => drawSoon(this.#draw);
  #rebuild = () => {
    this.chart?.destroy();
    this.chart = null;
    this.requestUpdate();
    drawSoon(this.#draw);
  };

  static override styles = [
    base,
    card,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 4px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 14px;
        align-items: baseline;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 12px;
        color: var(--soft);
      }
      .legend span {
        display: inline-block;
        width: 14px;
        height: 3px;
        margin-right: 5px;
        vertical-align: middle;
        border-radius: 2px;
      }
      .legend .on {
        background: var(--on);
      }
      .legend .off {
        background: var(--off);
      }
      .legend .good {
        background: var(--good);
      }
      .legend .output {
        background: var(--output);
      }
      select {
        margin-left: auto;
        font: inherit;
        font-size: 12px;
        color: var(--text);
        background: var(--field);
        border: 1px solid var(--line);
        border-radius: 5px;
      }
      .plot {
        position: relative;
        flex: 1;
        min-height: 0;
      }
      canvas {
        position: absolute;
        inset: 0;
      }
    `,
  ];

  /** whose events, by the names of the topics, are new data */
  protected abstract readonly store: EventTarget;
  protected abstract readonly topics: readonly string[];
  protected abstract readonly heading: string;
  protected abstract readonly legend: readonly LegendEntry[];
  /** What a person who does not see the plot is told. */
  protected abstract description(): string;
  protected abstract configuration(): ChartConfiguration;
  /** Puts the present data into the chart. */
  protected abstract fill(chart: Chart): void;

  protected controls(): TemplateResult | string {
    return '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    for (const topic of this.topics) this.store.addEventListener(topic, this.#changed);
    addEventListener('anc-theme', this.#rebuild);
    drawSoon(this.#draw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const topic of this.topics) this.store.removeEventListener(topic, this.#changed);
    removeEventListener('anc-theme', this.#rebuild);
    forget(this.#draw);
    this.chart?.destroy();
    this.chart = null;
  }

  /** Axes or data sets have changed: make the chart anew. */
  protected rebuild(): void {
    this.#rebuild();
  }

  #drawNow(): void {
    const canvas = this.renderRoot?.querySelector('canvas');
    if (!canvas) return;
    // Filling may ask for a new chart, for other axes: made in the same frame, so that nothing blinks.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      this.chart ??= new Chart(canvas, this.configuration());
      this.fill(this.chart);
      if (!this.chart) continue;
      this.chart.update('none');
      break;
    }
    canvas.setAttribute('aria-label', this.description());
  }

  override render() {
    return html`
      <header>
        <h2>${this.heading}</h2>
        <ul class="legend">
          ${this.legend.map(({ text, colour: name }) => html`<li><span class=${name}></span>${text}</li>`)}
        </ul>
        ${this.controls()}
      </header>
      <div class="plot"><canvas role="img" aria-label=${this.heading}></canvas></div>
    `;
  }
}
