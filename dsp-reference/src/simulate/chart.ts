/** Line charts as SVG text. Colours are classes, so that the page's style sheet decides on light and dark. */

export interface Series {
  readonly name: string;
  /** y null: a gap */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** points without a line between them */
  readonly markers?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xTicks: readonly number[];
  readonly logarithmic?: boolean;
  readonly series: readonly Series[];
}

const WIDTH = 720;
const HEIGHT = 320;
const LEFT = 64;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 52;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Multiples of 1, 2 or 5 times a power of ten that enclose low..high in at most nine lines. */
function ticks(low: number, high: number): number[] {
  const rough = Math.max(high - low, 1e-3) / 7;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((m) => m * decade >= rough) ?? 10) * decade;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

const fixed = (v: number): string => v.toFixed(1);
const tickText = (v: number): string => String(Number(v.toPrecision(6)));

export function chartSvg(chart: Chart): string {
  const values = chart.series.flatMap((s) => s.points.flatMap(([, y]) => (y === null ? [] : [y])));
  const yTicks = ticks(Math.min(0, ...values), Math.max(0, ...values));
  const place = (v: number) => (chart.logarithmic ? Math.log10(v) : v);
  const [xLow, xHigh] = [place(chart.xTicks[0]!), place(chart.xTicks.at(-1)!)];
  const [yLow, yHigh] = [yTicks[0]!, yTicks.at(-1)!];
  const x = (v: number) => LEFT + ((place(v) - xLow) / (xHigh - xLow)) * (WIDTH - LEFT - RIGHT);
  const y = (v: number) =>
    HEIGHT - BOTTOM - ((v - yLow) / (yHigh - yLow)) * (HEIGHT - TOP - BOTTOM);
  const right = WIDTH - RIGHT;
  const floor = HEIGHT - BOTTOM;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(chart.title)}">`,
    ...yTicks.map((v) => {
      const at = fixed(y(v));
      return `<line class="grid" x1="${LEFT}" x2="${right}" y1="${at}" y2="${at}"/><text class="end" x="${LEFT - 8}" y="${fixed(y(v) + 4)}">${tickText(v)}</text>`;
    }),
    ...chart.xTicks.map((v) => {
      const at = fixed(x(v));
      return `<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${floor}"/><text class="middle" x="${at}" y="${floor + 18}">${tickText(v)}</text>`;
    }),
    `<text class="middle" x="${(LEFT + right) / 2}" y="${HEIGHT - 10}">${escapeHtml(chart.xLabel)}</text>`,
    `<text class="middle" transform="translate(14 ${(TOP + floor) / 2}) rotate(-90)">${escapeHtml(chart.yLabel)}</text>`,
    ...chart.series.map((s, i) => seriesSvg(s, i, x, y)),
    ...chart.series.map((s, i) => {
      const at = LEFT + i * 160;
      return `<rect class="fill${i}" x="${at}" y="14" width="14" height="4"/><text x="${at + 20}" y="20">${escapeHtml(s.name)}</text>`;
    }),
    '</svg>',
  ].join('\n');
}

type Scale = (v: number) => number;

function seriesSvg(series: Series, index: number, x: Scale, y: Scale): string {
  if (series.markers) {
    return series.points
      .filter((p) => p[1] !== null)
      .map(([px, py]) => {
        return `<circle class="fill${index}" cx="${fixed(x(px))}" cy="${fixed(y(py!))}" r="5"/>`;
      })
      .join('');
  }
  let pen = 'M';
  const path = series.points.map(([px, py]) => {
    if (py === null) {
      pen = 'M';
      return '';
    }
    const step = `${pen}${fixed(x(px))} ${fixed(y(py))}`;
    pen = 'L';
    return step;
  });
  return `<path class="line${index}" d="${path.join('')}"/>`;
}
