/** One self-contained page: its style and charts inside, no scripts. */
import { type Chart, CHART_STYLE, chartSvg, escapeHtml } from './chart.ts';

const STYLE = `${CHART_STYLE}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 760px; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 2px 12px 2px 0; border-bottom: 1px solid var(--grid); }
.facts th, .facts td { text-align: left; font-weight: normal; } .facts th { white-space: nowrap; }
svg { width: 100%; height: auto; }
`;

export function tableHtml(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (tag: string, values: readonly string[]) =>
    `<tr>${values.map((v) => `<${tag}>${escapeHtml(v)}</${tag}>`).join('')}</tr>`;
  return `<table>${row('th', head)}\n${rows.map((r) => row('td', r)).join('\n')}</table>`;
}

/** Names and values. */
export function factsHtml(pairs: readonly (readonly [name: string, value: string])[]): string {
  const rows = pairs.map(
    ([name, value]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table class="facts">${rows.join('\n')}</table>`;
}

export function figureHtml(chart: Chart): string {
  return `<figure><figcaption>${escapeHtml(chart.title)}</figcaption>\n${chartSvg(chart)}</figure>`;
}

/** Follows the reader's light or dark setting. */
export function pageHtml(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</body></html>
`;
}
