import { css, html, LitElement } from 'lit';
import type { Command } from '../../../host/server/panel-protocol.ts';
import { StoreController } from '../store-controller.ts';
import { store } from '../store.ts';
import { base, card } from '../styles.ts';
import './parameter-row.ts';

/** All parameters, as the headset's dictionary describes them. */
export class ParameterForm extends LitElement {
  static override properties = { message: { state: true }, isBad: { state: true } };
  declare message: string;
  declare isBad: boolean;
  static override styles = [
    base,
    card,
    css`
      :host {
        display: flex;
        flex-direction: column;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
        padding-bottom: 8px;
        border-bottom: 1px solid var(--line);
      }
      header h2 {
        flex: 1;
      }
      .list {
        overflow-y: auto;
        flex: 1;
        min-height: 0;
        margin-right: -8px;
        padding-right: 8px;
      }
      h3 {
        margin: 12px 0 2px;
        font-size: 12px;
        text-transform: uppercase;
        letter-spacing: 0.06em;
        color: var(--soft);
      }
      anc-parameter-row {
        padding: 6px 0 8px;
        border-bottom: 1px solid var(--grid);
      }
      .message {
        flex-basis: 100%;
        margin: 0;
        font-size: 12px;
        color: var(--soft);
      }
      .message.bad {
        color: var(--bad);
      }
      .message:empty {
        display: none;
      }
    `,
  ];

  constructor() {
    super();
    this.message = '';
    this.isBad = false;
    new StoreController(this, store, ['dictionary', 'parameters', 'device', 'server']);
  }

  async #run(command: Command, done: string): Promise<void> {
    try {
      await store.send(command);
      this.message = done;
      this.isBad = false;
    } catch (error) {
      const { message, hint } = error as Error & { hint?: string | null };
      this.message = [message, hint].filter(Boolean).join('. ');
      this.isBad = true;
    }
  }

  override render() {
    const { dictionary, groups, parameters } = store;
    const enabled = store.isConnected;
    const dirty = dictionary.filter(({ name, persistent }) => {
      const state = parameters.get(name);
      return persistent && state !== undefined && state.value !== state.stored;
    });
    const rows = (group: string) =>
      dictionary.flatMap((parameter) => {
        const state = parameters.get(parameter.name);
        // The mode has its own buttons.
        if (parameter.group !== group || !state || parameter.name === 'mode') return [];
        return html`<anc-parameter-row
          data-name=${parameter.name}
          .parameter=${parameter}
          .state=${state}
          ?enabled=${enabled}
        ></anc-parameter-row>`;
      });
    return html`
      <header>
        <h2>Parameters${dirty.length > 0 ? html` · ${dirty.length} not stored` : ''}</h2>
        <button
          class="primary"
          ?disabled=${!enabled || dirty.length === 0}
          @click=${() => void this.#run({ command: 'store' }, 'Stored, read back and compared.')}
        >
          Store
        </button>
        <button
          ?disabled=${!enabled || dirty.length === 0}
          @click=${() => void this.#run({ command: 'revert' }, 'Back to what is stored.')}
        >
          Revert all
        </button>
        <p class="message ${this.isBad ? 'bad' : ''}" role="status">${this.message}</p>
      </header>
      <div class="list" tabindex="0" role="region" aria-label="Parameters">
        ${dictionary.length === 0 ? html`<p class="soft">They appear when a headset is connected.</p>` : ''}
        ${groups.map(
          ({ id, title }) =>
            html`<section aria-label=${title}>
              <h3>${title}</h3>
              ${rows(id)}
            </section>`,
        )}
      </div>
    `;
  }
}

customElements.define('anc-parameter-form', ParameterForm);
