import { css, html, LitElement } from 'lit';
import { signed } from '../../src/format.ts';
import { base, card } from '../../src/styles.ts';
import { api } from '../shared/api-client.ts';
import type { LiveStatsView } from './views.ts';

const refreshMs = 2000;

/** What the server says of all its sessions together. */
export class ServerFigures extends LitElement {
  static override properties = { stats: { state: true } };
  declare stats: LiveStatsView | null;
  static override styles = [
    base,
    card,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(130px, 1fr));
        gap: 8px 18px;
        margin: 0;
      }
      dt {
        font-size: 12px;
        color: var(--soft);
      }
      dd {
        margin: 0;
        font-size: 22px;
        font-weight: 700;
      }
    `,
  ];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.stats = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const look = () => {
      if (document.hidden) return;
      api.get<LiveStatsView>('/stats/sessions').then(
        (stats) => (this.stats = stats),
        () => (this.stats = null),
      );
    };
    look();
    this.#timer = setInterval(look, refreshMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    const { stats } = this;
    const of = (value: (stats: LiveStatsView) => string | number) => (stats ? value(stats) : '–');
    const ms = (name: 'p50' | 'p99') => of(({ latencyMs }) => latencyMs?.[name].toFixed(1) ?? '–');
    const figure = (name: string, value: string | number) =>
      html`<div>
        <dt>${name}</dt>
        <dd class="number">${value}</dd>
      </div>`;
    return html`<dl>
      ${figure(
        stats?.draining ? 'live sessions, draining' : 'live sessions',
        of(({ active }) => active),
      )}
      ${figure('server adds, p50 ms', ms('p50'))} ${figure('server adds, p99 ms', ms('p99'))}
      ${figure(
        'less noise, mean dB',
        of(({ cancellationDb }) => (cancellationDb === null ? '–' : signed(cancellationDb))),
      )}
      ${figure(
        'chunks',
        of(({ chunksProcessed }) => chunksProcessed.toLocaleString()),
      )}
      ${figure(
        'dropped',
        of(({ chunksDropped }) => chunksDropped),
      )}
      ${figure(
        'filled',
        of(({ chunksFilled }) => chunksFilled),
      )}
      ${figure(
        'refused',
        of(({ chunksRefused }) => chunksRefused),
      )}
    </dl>`;
  }
}

customElements.define('anc-server-figures', ServerFigures);
