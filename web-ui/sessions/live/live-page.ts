import { css, html, LitElement } from 'lit';
import { StoreController } from '../../src/store-controller.ts';
import { base } from '../../src/styles.ts';
import { api } from '../shared/api-client.ts';
import '../shared/page-header.ts';
import '../shared/sign-in.ts';
import './live-controls.ts';
import './live-headline.ts';
import './live-latency.ts';
import './live-notice.ts';
import './live-settings.ts';
import './live-spectrum.ts';
import { store } from './live-store.ts';
import './live-welcome.ts';
import { stop } from './start-stop.ts';

/** The whole page: signing in, then the session. Local mode needs no one signed in. */
export class LivePage extends LitElement {
  static override styles = [
    base,
    css`
      main {
        display: grid;
        gap: 10px;
        padding: 10px;
        max-width: 1500px;
        margin: 0 auto;
        grid-template-columns: 330px minmax(0, 1fr);
        grid-template-rows: auto 1fr;
        grid-template-areas: 'controls figures' 'settings figures';
        align-items: start;
      }
      anc-live-controls {
        grid-area: controls;
      }
      anc-live-settings {
        grid-area: settings;
      }
      .figures {
        grid-area: figures;
        display: grid;
        gap: 10px;
        min-width: 0;
      }
      anc-live-spectrum {
        height: 270px;
      }
      @media (max-width: 900px) {
        main {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto;
          grid-template-areas: 'controls' 'figures' 'settings';
          padding: 8px;
        }
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['session', 'settings']);
    new StoreController(this, api, ['user']);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    api.addEventListener('user', this.#userChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    api.removeEventListener('user', this.#userChanged);
  }

  /** Nobody's session goes on without its user. */
  #userChanged = () => {
    if (!api.user && store.mode === 'server' && store.run) void stop(store);
  };

  override render() {
    const isOpen = api.user !== null || store.mode === 'local';
    return html`
      <anc-page-header page="live"></anc-page-header>
      <anc-live-notice></anc-live-notice>
      ${
        isOpen
          ? html`<main>
              <anc-live-controls></anc-live-controls>
              <div class="figures">
                <anc-live-headline></anc-live-headline>
                <anc-live-spectrum></anc-live-spectrum>
                <anc-live-latency></anc-live-latency>
              </div>
              <anc-live-settings></anc-live-settings>
            </main>`
          : html`<anc-live-welcome></anc-live-welcome>`
      }
    `;
  }
}

customElements.define('anc-live-page', LivePage);
