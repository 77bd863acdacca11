import { css, html, LitElement, nothing } from 'lit';
import '../../src/elements/theme-button.ts';
import { StoreController } from '../../src/store-controller.ts';
import { base } from '../../src/styles.ts';
import { api } from './api-client.ts';
import { form } from './form-styles.ts';

const pages = [
  { name: 'live', text: 'Live', href: '/' },
  { name: 'files', text: 'Files', href: '/files' },
] as const;
const operators = { name: 'operators', text: 'Operators', href: '/operators' } as const;

/** The way between the pages, who is signed in, the theme. */
export class PageHeader extends LitElement {
  static override properties = { page: { type: String } };
  declare page: string;
  static override styles = [
    base,
    form,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        min-height: 50px;
        padding: 6px 14px;
        background: var(--card);
        border-bottom: 1px solid var(--line);
      }
      h1 {
        margin: 0;
        font-size: 16px;
      }
      nav {
        display: flex;
        gap: 4px;
        flex: 1;
      }
      nav a {
        padding: 5px 12px;
        border-radius: 7px;
        color: var(--text);
        text-decoration: none;
        font-weight: 600;
      }
      nav a:hover {
        color: var(--accent);
      }
      nav a[aria-current] {
        background: var(--page);
        box-shadow: inset 0 0 0 1px var(--line);
      }
      .who {
        max-width: 200px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (max-width: 700px) {
        header {
          gap: 6px 8px;
        }
        .who {
          max-width: 90px;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.page = '';
    new StoreController(this, api, ['user']);
  }

  override render() {
    const { user } = api;
    const isShown = user?.kind === 'user' || this.page === operators.name;
    const shown = isShown ? [...pages, operators] : pages;
    return html`
      <header>
        <h1>ANC</h1>
        <nav aria-label="Pages">
          ${shown.map(
            ({ name, text, href }) =>
              html`<a href=${href} aria-current=${name === this.page ? 'page' : nothing}
                >${text}</a
              >`,
          )}
        </nav>
        ${
          user
            ? html`<span class="who soft"
                  >${user.kind === 'guest' ? 'guest' : user.name || user.email}</span
                >
                <button @click=${() => void api.signOut().catch(() => {})}>Sign out</button>`
            : ''
        }
        <anc-theme-button></anc-theme-button>
      </header>
    `;
  }
}

customElements.define('anc-page-header', PageHeader);
