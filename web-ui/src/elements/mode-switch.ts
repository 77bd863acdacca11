import { css, html, LitElement } from 'lit';
import type { Mode } from '../../../host/server/panel-protocol.ts';
import { StoreController } from '../store-controller.ts';
import { store } from '../store.ts';
import { base } from '../styles.ts';

const modes: readonly { mode: Mode; text: string; help: string }[] = [
  { mode: 'off', text: 'Off', help: 'plays nothing' },
  { mode: 'transparency', text: 'Transparency', help: 'plays the outer microphone' },
  { mode: 'anc', text: 'ANC', help: 'cancels' },
];

/** The three modes as one radio group: arrow keys move within it. */
export class ModeSwitch extends LitElement {
  static override properties = { failure: { state: true } };
  declare failure: string;
  static override styles = [
    base,
    css`
      fieldset {
        display: inline-flex;
        margin: 0;
        padding: 3px;
        gap: 3px;
        border: 1px solid var(--line);
        border-radius: 9px;
        background: var(--page);
      }
      legend {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      label {
        position: relative;
        padding: 7px 16px;
        border-radius: 7px;
        font-weight: 600;
        cursor: pointer;
      }
      label:has(:checked) {
        background: var(--accent);
        color: var(--on-accent);
      }
      label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      label:has(:disabled) {
        cursor: default;
        opacity: 0.7;
      }
      input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }
      p {
        margin: 4px 0 0;
        color: var(--bad);
      }
      p:empty {
        display: none;
      }
    `,
  ];

  constructor() {
    super();
    this.failure = '';
    new StoreController(this, store, ['parameters', 'device', 'server']);
  }

  async #choose(mode: Mode): Promise<void> {
    try {
      await store.send({ command: 'setMode', mode });
      this.failure = '';
    } catch (error) {
      this.failure = (error as Error).message;
      this.requestUpdate();
    }
  }

  override render() {
    const present = store.parameters.get('mode')?.value;
    return html`
      <fieldset ?disabled=${!store.isConnected}>
        <legend>Mode</legend>
        ${modes.map(
          ({ mode, text, help }) => html`
            <label title=${help}>
              <input
                type="radio"
                name="mode"
                value=${mode}
                .checked=${present === mode}
                @change=${() => void this.#choose(mode)}
              />${text}
            </label>
          `,
        )}
      </fieldset>
      <p role="alert">${this.failure}</p>
    `;
  }
}

customElements.define('anc-mode-switch', ModeSwitch);
