/** Line charts as SVG text. Colours are classes, so that the page's style sheet decides on light and dark. */

export interface Series {
  readonly name: string;
  /** y null: a gap */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** points without a line between them */
  readonly markers?: boolean;
  readonly dashed?: boolean;
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
const RIGHT = 24;
/** One row of the legend, and what is above the first. */
const LEGEND = 20;
const LEGEND_TOP = 20;
const BOTTOM = 52;
/** Of a letter of the legend, at 13 pixels, generously. */
const LETTER = 7.5;
const COLOURS = [
  ['#0b63b0', '#6cb6ff'],
  ['#9a5b00', '#f0a94a'],
  ['#6b3fa0', '#c39bf0'],
  ['#1d7044', '#6fd39b'],
  ['#a4262c', '#ff8f8a'],
] as const;

/** Rules of a style sheet for pages that hold charts. */
export const CHART_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --grid: #d8dde3;
  ${COLOURS.map(([light], i) => `--s${i}: ${light};`).join(' ')} }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14171a; --grid: #3a4149;
  ${COLOURS.map(([, dark], i) => `--s${i}: ${dark};`).join(' ')} } }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; } .paper { fill: var(--paper); }
.end { text-anchor: end; } .middle { text-anchor: middle; } .grid { stroke: var(--grid); }
.zero { stroke: var(--ink); } .dashed { stroke-dasharray: 6 4; }
${COLOURS.map((_, i) => `.line${i} { fill: none; stroke: var(--s${i}); stroke-width: 2; } .fill${i} { fill: var(--s${i}); }`).join('\n')}
`;

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

interface Place {
  readonly left: number;
  readonly row: number;
}

/** Side by side, and into the next row where the width ends. */
function legendPlaces(series: readonly Series[]): Place[] {
  let [left, row] = [LEFT, 0];
  return series.map(({ name }) => {
    const width = 36 + LETTER * name.length;
    if (left > LEFT && left + width > WIDTH) [left, row] = [LEFT, row + 1];
    const place = { left, row };
    left += width;
    return place;
  });
}

export function chartSvg(chart: Chart): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(chart.title)}">\n${contentSvg(chart)}\n</svg>`;
}

/** A file of its own: with title and style, readable on light and dark. */
export function chartFile(chart: Chart): string {
  const [width, height] = [WIDTH, HEIGHT + LEGEND_TOP + 10];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeHtml(chart.title)}</title><style>${CHART_STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text x="${LEFT}" y="22">${escapeHtml(chart.title)}</text>`,
    `<g transform="translate(0 ${height - HEIGHT})">\n${contentSvg(chart)}\n</g>`,
    '</svg>\n',
  ].join('\n');
}

function contentSvg(chart: Chart): string {
  const values = chart.series.flatMap((s) => s.points.flatMap(([, y]) => (y === null ? [] : [y])));
  const yTicks = ticks(Math.min(0, ...values), Math.max(0, ...values));
  const place = (v: number) => (chart.logarithmic ? Math.log10(v) : v);
  const [xLow, xHigh] = [place(chart.xTicks[0]!), place(chart.xTicks.at(-1)!)];
  const [yLow, yHigh] = [yTicks[0]!, yTicks.at(-1)!];
  const legend = legendPlaces(chart.series);
  const top = LEGEND_TOP + LEGEND * (1 + Math.max(...legend.map(({ row }) => row)));
  const x = (v: number) => LEFT + ((place(v) - xLow) / (xHigh - xLow)) * (WIDTH - LEFT - RIGHT);
  const y = (v: number) =>
    HEIGHT - BOTTOM - ((v - yLow) / (yHigh - yLow)) * (HEIGHT - top - BOTTOM);
  const right = WIDTH - RIGHT;
  const floor = HEIGHT - BOTTOM;
  return [
    ...yTicks.map((v) => {
      const at = fixed(y(v));
      return `<line class="${v === 0 ? 'zero' : 'grid'}" x1="${LEFT}" x2="${right}" y1="${at}" y2="${at}"/><text class="end" x="${LEFT - 8}" y="${fixed(y(v) + 4)}">${tickText(v)}</text>`;
    }),
    ...chart.xTicks.map((v) => {
      const at = fixed(x(v));
      return `<line class="grid" x1="${at}" x2="${at}" y1="${top}" y2="${floor}"/><text class="middle" x="${at}" y="${floor + 18}">${tickText(v)}</text>`;
    }),
    `<text class="middle" x="${(LEFT + right) / 2}" y="${HEIGHT - 10}">${escapeHtml(chart.xLabel)}</text>`,
    `<text class="middle" transform="translate(14 ${(top + floor) / 2}) rotate(-90)">${escapeHtml(chart.yLabel)}</text>`,
    ...chart.series.map((s, i) => seriesSvg(s, i, x, y)),
    ...chart.series.map((s, i) => {
      const { left, row } = legend[i]!;
      const at = LEGEND_TOP + LEGEND * row;
      const key = s.markers
        ? `<circle class="fill${i}" cx="${left + 7}" cy="${at - 4}" r="5"/>`
        : `<path class="line${i}${s.dashed ? ' dashed' : ''}" d="M${left} ${at - 4}h16"/>`;
      return `${key}<text x="${left + 22}" y="${at}">${escapeHtml(s.name)}</text>`;
    }),
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
  return `<path class="line${index}${series.dashed ? ' dashed' : ''}" d="${path.join('')}"/>`;
}
