import { html } from 'lit';
import { signed } from '../../src/format.ts';
import { api } from '../shared/api-client.ts';
import { type Column, ListTab, time } from './list-tab.ts';
import { mayDo } from './rights.ts';
import type { SessionView } from './views.ts';

const states = { live: 'live', created: 'not begun', ended: 'ended' } as const;
const stateColours = { live: 'good', created: 'warn', ended: 'soft' } as const;

/** Sessions with their figures; ends one, orders the report of one. */
export class SessionsTab extends ListTab<SessionView> {
  static override properties = { ...ListTab.properties, state: { state: true } };
  declare state: SessionView['state'] | 'all';
  protected readonly heading = 'Sessions';
  protected readonly columns: readonly Column<SessionView>[] = [
    {
      title: 'state',
      cell: ({ state }) => html`<strong class=${stateColours[state]}>${states[state]}</strong>`,
    },
    {
      title: 'name',
      cell: ({ name, id }) => html`<span title=${id}>${name || id.slice(0, 8)}</span>`,
    },
    {
      title: 'canceller',
      cell: ({ settings: { algorithm, taps, channels } }) =>
        `${algorithm}, ${taps} taps, ${channels === 2 ? 'stereo' : 'mono'}`,
    },
    { title: 'begun', cell: ({ createdAt }) => time(createdAt) },
    {
      title: 'server adds, ms p50 / p99',
      isNumber: true,
      cell: ({ stats }) => {
        const { p50, p99 } = stats?.latency.totalMs ?? {};
        return p50 === undefined ? '–' : `${p50.toFixed(1)} / ${p99!.toFixed(1)}`;
      },
    },
    {
      title: 'less noise, dB',
      isNumber: true,
      cell: ({ stats }) => {
        const db = stats?.cancellationDb ?? null;
        return db === null ? '–' : signed(db);
      },
    },
    { title: 'chunks', isNumber: true, cell: ({ stats }) => String(stats?.chunksProcessed ?? '–') },
    { title: 'dropped', isNumber: true, cell: ({ stats }) => String(stats?.chunksDropped ?? '–') },
    { title: 'server', cell: ({ instance, endReason }) => instance ?? endReason ?? '–' },
  ];

  constructor() {
    super();
    this.state = 'live';
  }

  protected get path(): string {
    return this.state === 'all' ? '/sessions' : `/sessions?state=${this.state}`;
  }

  protected override bar() {
    return html`<div class="bar">
      <div>
        <label for="state">Which</label>
        <select
          id="state"
          @change=${(event: Event) => {
            this.state = (event.target as HTMLSelectElement).value as SessionsTab['state'];
            void this.load();
          }}
        >
          <option value="live">live</option>
          <option value="created">not begun</option>
          <option value="ended">ended</option>
          <option value="all">all</option>
        </select>
      </div>
    </div>`;
  }

  protected actions({ id, state, name }: SessionView) {
    const report = () => api.post('/jobs', { kind: 'session-report', sessionId: id });
    return html`${
      mayDo(api.user, 'jobs:write') && state !== 'created'
        ? html`<button
            aria-label="Report of ${name || id}"
            @click=${() => void this.act(report, 'The report is ordered: see Jobs.')}
          >
            Report
          </button>`
        : ''
    }${
      mayDo(api.user, 'sessions:write') && state !== 'ended'
        ? html`<anc-confirm-button
            text="End"
            about=${name || id}
            @confirmed=${() =>
              void this.act(() => api.post(`/sessions/${id}/end`), 'The session has ended.')}
          ></anc-confirm-button>`
        : ''
    }`;
  }
}

customElements.define('anc-sessions-tab', SessionsTab);
