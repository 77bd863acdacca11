import { css, html, LitElement } from 'lit';
import { StoreController } from '../../src/store-controller.ts';
import { base, card } from '../../src/styles.ts';
import { listMicrophones } from '../audio/microphone.ts';
import { api } from '../shared/api-client.ts';
import { form } from '../shared/form-styles.ts';
import { segments } from '../shared/segment-styles.ts';
import { type Mode, store } from './live-store.ts';
import './output-switch.ts';
import { start, stop } from './start-stop.ts';

/** Start and stop, A and B, what comes in and what goes out. */
export class LiveControls extends LitElement {
  static override properties = { devices: { state: true } };
  declare devices: readonly MediaDeviceInfo[];
  static override styles = [
    base,
    card,
    form,
    segments,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .go {
        width: 100%;
      }
      .inline {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
    `,
  ];

  constructor() {
    super();
    this.devices = [];
    new StoreController(this, store, ['session', 'settings']);
  }

  #devicesChanged = () => void listMicrophones().then((devices) => (this.devices = devices));

  override connectedCallback(): void {
    super.connectedCallback();
    // Names come once a microphone has been allowed.
    store.addEventListener('session', this.#devicesChanged);
    navigator.mediaDevices?.addEventListener('devicechange', this.#devicesChanged);
    this.#devicesChanged();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    store.removeEventListener('session', this.#devicesChanged);
    navigator.mediaDevices?.removeEventListener('devicechange', this.#devicesChanged);
  }

  #mode() {
    const isBusy = store.view.phase.kind !== 'idle';
    const choice = (mode: Mode, text: string) =>
      html`<label
        ><input
          type="radio"
          name="mode"
          .checked=${store.mode === mode}
          ?disabled=${isBusy}
          @change=${() => {
            store.mode = mode;
            store.clearFigures();
            store.changed('session');
          }}
        />${text}</label
      >`;
    return html`<fieldset>
      <legend>Where the filter runs</legend>
      ${choice('server', 'Server')}${choice('local', 'This browser')}
    </fieldset>`;
  }

  #canceller() {
    const choice = (isOn: boolean, text: string) =>
      html`<label
        ><input
          type="radio"
          name="canceller"
          .checked=${store.isOn === isOn}
          @change=${() => store.setOn(isOn)}
        />${text}</label
      >`;
    return html`<fieldset>
      <legend>Canceller</legend>
      ${choice(false, 'A: off')}${choice(true, 'B: on')}
    </fieldset>`;
  }

  #go() {
    const { kind } = store.view.phase;
    const isIdle = kind === 'idle';
    return html`<button
      class="large go ${isIdle ? 'primary' : ''}"
      ?disabled=${kind === 'starting' || (isIdle && store.mode === 'server' && !api.user)}
      data-state=${kind}
      @click=${() => void (isIdle ? start(store) : stop(store))}
    >
      ${isIdle ? 'Start' : kind === 'starting' ? 'Starting …' : 'Stop'}
    </button>`;
  }

  #microphone() {
    const { microphone } = store.view;
    const isBusy = store.view.phase.kind !== 'idle';
    return html`<div>
      <label for="microphone">Microphone</label>
      <select
        id="microphone"
        ?disabled=${isBusy}
        @change=${(event: Event) => (store.deviceId = (event.target as HTMLSelectElement).value || null)}
      >
        <option value="">the system’s default</option>
        ${this.devices
          .filter(({ deviceId }) => deviceId !== 'default')
          .map(
            ({ deviceId, label }) =>
              html`<option value=${deviceId} .selected=${deviceId === store.deviceId}>
                ${label || 'microphone'}
              </option>`,
          )}
      </select>
      ${microphone && store.isRunning ? html`<p class="small soft">${this.#channels()}</p>` : ''}
    </div>`;
  }

  #channels() {
    const { microphone } = store.view;
    if (microphone?.channels === 1) return 'One channel: there is no second microphone.';
    if (store.settings.channels === 1)
      return 'Two channels: the first is used. Take “stereo” to use the second as reference.';
    return html`<span class="inline"
      >Primary: ${store.isSwapped ? 'right' : 'left'}, reference:
      ${store.isSwapped ? 'left' : 'right'}
      <button @click=${() => store.setSwapped(!store.isSwapped)}>Swap</button></span
    >`;
  }

  override render() {
    return html`
      ${this.#mode()} ${this.#go()} ${this.#canceller()}
      <anc-output-switch></anc-output-switch>
      ${this.#microphone()}
    `;
  }
}

customElements.define('anc-live-controls', LiveControls);
