import { css, html, LitElement, type TemplateResult } from 'lit';
import type { Permission } from '../../../host/sessions/accounts/permissions.ts';
import { StoreController } from '../../src/store-controller.ts';
import { base } from '../../src/styles.ts';
import { api } from '../shared/api-client.ts';
import '../shared/page-header.ts';
import { segments } from '../shared/segment-styles.ts';
import '../shared/sign-in.ts';
import './devices-tab.ts';
import './jobs-tab.ts';
import './keys-tab.ts';
import { mayDo } from './rights.ts';
import './server-figures.ts';
import './sessions-tab.ts';
import './users-tab.ts';

interface Tab {
  readonly name: string;
  readonly text: string;
  readonly permission: Permission;
  readonly content: TemplateResult;
}

const tabs: readonly Tab[] = [
  {
    name: 'sessions',
    text: 'Sessions',
    permission: 'sessions:read',
    content: html`<anc-sessions-tab></anc-sessions-tab>`,
  },
  {
    name: 'users',
    text: 'Users',
    permission: 'users:read',
    content: html`<anc-users-tab></anc-users-tab>`,
  },
  {
    name: 'keys',
    text: 'API keys',
    permission: 'api-keys:read',
    content: html`<anc-keys-tab></anc-keys-tab>`,
  },
  {
    name: 'jobs',
    text: 'Jobs',
    permission: 'jobs:read',
    content: html`<anc-jobs-tab></anc-jobs-tab>`,
  },
  {
    name: 'devices',
    text: 'Devices',
    permission: 'devices:read',
    content: html`<anc-devices-tab></anc-devices-tab>`,
  },
];

/** For those who run the server: what there is, and what may be done about it with one’s role. */
export class OperatorsPage extends LitElement {
  static override properties = { tab: { state: true } };
  declare tab: string;
  static override styles = [
    base,
    segments,
    css`
      main {
        display: grid;
        gap: 10px;
        padding: 10px;
        max-width: 1500px;
        margin: 0 auto;
        grid-template-columns: minmax(0, 1fr);
      }
      .sign-in {
        justify-items: center;
        padding-top: 48px;
      }
      anc-sign-in {
        width: min(400px, 100%);
      }
      fieldset {
        flex-wrap: wrap;
        background: var(--card);
      }
      fieldset label {
        flex: 0 1 auto;
        padding: 7px 16px;
      }
    `,
  ];
  #hashChanged = () => (this.tab = location.hash.slice(1));

  constructor() {
    super();
    this.tab = location.hash.slice(1);
    new StoreController(this, api, ['user']);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.#hashChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.#hashChanged);
  }

  #tabs() {
    const allowed = tabs.filter(({ permission }) => mayDo(api.user, permission));
    const present = allowed.find(({ name }) => name === this.tab) ?? allowed[0]!;
    return html`
      <fieldset>
        <legend>What is shown</legend>
        ${allowed.map(
          ({ name, text }) =>
            html`<label
              ><input
                type="radio"
                name="tab"
                .checked=${name === present.name}
                @change=${() => (location.hash = name)}
              />${text}</label
            >`,
        )}
      </fieldset>
      ${present.content}
    `;
  }

  override render() {
    const isIn = api.user?.kind === 'user';
    return html`
      <anc-page-header page="operators"></anc-page-header>
      ${
        isIn
          ? html`<main>
              ${mayDo(api.user, 'server:read') ? html`<anc-server-figures></anc-server-figures>` : ''}
              ${this.#tabs()}
            </main>`
          : html`<main class="sign-in"><anc-sign-in .guests=${false}></anc-sign-in></main>`
      }
    `;
  }
}

customElements.define('anc-operators-page', OperatorsPage);
