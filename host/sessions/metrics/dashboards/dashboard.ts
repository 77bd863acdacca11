/** Dashboards as data, and the JSON that Grafana imports. */

export interface Dashboard {
  /** stable: links and imports go by it */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  /** what it shows and how it was measured */
  readonly description: string;
  readonly kind: 'timeseries' | 'stat' | 'bargauge';
  /** of Grafana */
  readonly unit: 'short' | 's' | 'dB' | 'bytes' | 'percentunit' | 'reqps' | 'cps' | 'none';
  readonly queries: readonly Query[];
  /** of 24 columns; default 12 */
  readonly width?: number;
  readonly min?: number;
  readonly stacked?: boolean;
}

export interface Query {
  readonly expr: string;
  /** `{{label}}` is replaced by the label's value */
  readonly legend: string;
}

const height = 8;
const columns = 24;
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Everything by instance and together: the variable of the instance is a pattern. */
const templating = {
  list: [
    { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
    {
      name: 'instance',
      label: 'Instance',
      type: 'query',
      datasource,
      query: 'label_values(anc_sessions_active, instance)',
      includeAll: true,
      allValue: '.*',
      multi: true,
      current: { text: 'All', value: '$__all' },
      refresh: 2,
    },
  ],
};

export function grafanaJson(dashboard: Dashboard): string {
  const { uid, title, description, panels } = dashboard;
  const placed = place(panels);
  const model = {
    uid,
    title,
    description,
    tags: ['anc-platform'],
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    schemaVersion: 39,
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating,
    panels: panels.map((panel, i) => panelJson(panel, i + 1, placed[i]!)),
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Left to right, then the next row. */
function place(panels: readonly Panel[]): Place[] {
  let [x, y] = [0, 0];
  return panels.map(({ width = 12 }) => {
    if (x + width > columns) [x, y] = [0, y + height];
    const at = { x, y };
    x += width;
    return at;
  });
}

function panelJson(panel: Panel, id: number, at: Place) {
  const { title, description, kind, unit, queries, width = 12, min, stacked } = panel;
  const custom =
    kind === 'timeseries'
      ? { lineWidth: 2, fillOpacity: 8, stacking: { mode: stacked ? 'normal' : 'none' } }
      : {};
  const calculation = { reduceOptions: { calcs: ['lastNotNull'] } };
  return {
    id,
    type: kind,
    title,
    description,
    datasource,
    gridPos: { h: height, w: width, ...at },
    fieldConfig: {
      defaults: { unit, ...(min === undefined ? {} : { min }), custom },
      overrides: [],
    },
    options:
      kind === 'timeseries'
        ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } }
        : calculation,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode(65 + i),
      datasource,
      expr,
      legendFormat: legend,
      ...(kind === 'timeseries' ? {} : { instant: true }),
    })),
  };
}
