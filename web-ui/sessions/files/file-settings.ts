import { css, html, LitElement } from 'lit';
import { abilityOf } from '../../../host/sessions/protocol/index.ts';
import { StoreController } from '../../src/store-controller.ts';
import { base, card } from '../../src/styles.ts';
import { form } from '../shared/form-styles.ts';
import '../shared/settings-form.ts';
import type { SettingName } from '../shared/settings-fields.ts';
import type { SettingsChange } from '../shared/settings-form.ts';
import { store } from './files-store.ts';

const common: readonly SettingName[] = ['intensity', 'stepSize', 'algorithm', 'taps', 'delay'];

/** How the recording is cleaned; start and cancel. */
export class FileSettings extends LitElement {
  static override styles = [
    base,
    card,
    form,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .go {
        width: 100%;
      }
      progress {
        width: 100%;
        height: 12px;
        accent-color: var(--accent);
      }
      p {
        margin: 0;
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['state', 'settings']);
  }

  #go() {
    const { state } = store;
    if (state.kind === 'cleaning')
      return html`<div>
          <label for="progress">Cleaning, ${Math.round(100 * state.share)} %</label>
          <progress id="progress" max="1" .value=${state.share}></progress>
        </div>
        <button class="large go" @click=${() => store.cancel()}>Cancel</button>`;
    return html`<button
      class="primary large go"
      ?disabled=${state.kind !== 'ready'}
      @click=${() => void store.clean()}
    >
      Clean it
    </button>`;
  }

  override render() {
    const isStereo = store.recording?.channels === 2;
    const isBoth = isStereo && store.settings.channels === 2;
    const names: readonly SettingName[] = isStereo ? ['channels', ...common] : common;
    return html`
      ${this.#go()}
      <p class="small soft">${abilityOf(store.settings)}</p>
      ${
        isBoth
          ? html`<p class="small">
              Primary: ${store.isSwapped ? 'right or second' : 'left or first'}.
              <button @click=${() => store.setSwapped(!store.isSwapped)}>Swap</button>
            </p>`
          : ''
      }
      <anc-settings-form
        .settings=${store.settings}
        .names=${names}
        @settings-change=${({ detail }: SettingsChange) => store.change(detail)}
      ></anc-settings-form>
    `;
  }
}

customElements.define('anc-file-settings', FileSettings);
