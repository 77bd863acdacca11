import { css, html, LitElement } from 'lit';
import { clock } from '../format.ts';
import { StoreController } from '../store-controller.ts';
import { store } from '../store.ts';
import { base, card } from '../styles.ts';

/** What happened, newest first. */
export class EventLog extends LitElement {
  static override styles = [
    base,
    card,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 6px;
      }
      div {
        flex: 1;
        min-height: 0;
        overflow-y: auto;
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 12.5px;
      }
      li {
        display: grid;
        grid-template-columns: 64px 1fr;
        gap: 6px;
        padding: 2px 0;
        border-bottom: 1px solid var(--grid);
        overflow-wrap: anywhere;
      }
      .warning span {
        color: var(--warn);
      }
      .error span {
        color: var(--bad);
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['log']);
  }

  override render() {
    const entries = store.log.toReversed();
    return html`
      <h2>Events</h2>
      <div role="log" aria-label="Events" tabindex="0">
        <ol>
          ${entries.map(
            ({ level, timeMs, text }) =>
              html`<li class=${level}>
                <time class="soft number">${clock(timeMs)}</time><span>${text}</span>
              </li>`,
          )}
        </ol>
      </div>
    `;
  }
}

customElements.define('anc-event-log', EventLog);
