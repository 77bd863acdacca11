import { html, LitElement } from 'lit';
import { liveSettings } from '../../../host/sessions/protocol/index.ts';
import { StoreController } from '../../src/store-controller.ts';
import { base, card } from '../../src/styles.ts';
import '../shared/settings-form.ts';
import type { SettingsChange } from '../shared/settings-form.ts';
import type { SettingName } from '../shared/settings-fields.ts';
import { store } from './live-store.ts';

const serverNames: readonly SettingName[] = [
  'intensity',
  'stepSize',
  'bufferSize',
  'algorithm',
  'channels',
  'taps',
  'delay',
  'sampleFormat',
  'bypassMl',
];
const localNames = serverNames.filter(
  (name) => name !== 'bufferSize' && name !== 'sampleFormat' && name !== 'bypassMl',
);

const localLive: readonly SettingName[] = ['intensity', 'stepSize'];

/** The settings of the session; while it runs, those that it takes. */
export class LiveSettings extends LitElement {
  static override styles = [base, card];

  constructor() {
    super();
    new StoreController(this, store, ['session', 'settings']);
  }

  override render() {
    const isLocal = store.mode === 'local';
    const changeable = isLocal ? localLive : liveSettings;
    return html`<anc-settings-form
      .settings=${store.settings}
      .names=${isLocal ? localNames : serverNames}
      .changeable=${store.view.phase.kind === 'idle' ? null : changeable}
      @settings-change=${({ detail }: SettingsChange) => store.change(detail)}
    ></anc-settings-form>`;
  }
}

customElements.define('anc-live-settings', LiveSettings);
