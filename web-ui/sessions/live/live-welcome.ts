import { css, html, LitElement } from 'lit';
import { base } from '../../src/styles.ts';
import '../shared/sign-in.ts';
import { form } from '../shared/form-styles.ts';
import { store } from './live-store.ts';

/** What the page is for, before anyone has signed in. */
export class LiveWelcome extends LitElement {
  static override styles = [
    base,
    form,
    css`
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 400px);
        gap: 24px 48px;
        align-items: center;
        max-width: 960px;
        margin: 0 auto;
        padding: 48px 20px;
      }
      h2 {
        font-size: 30px;
        line-height: 1.2;
        color: var(--text);
        margin-bottom: 12px;
      }
      p {
        font-size: 16px;
        margin: 0 0 12px;
      }
      @media (max-width: 800px) {
        main {
          grid-template-columns: minmax(0, 1fr);
          padding: 20px 12px;
        }
        h2 {
          font-size: 24px;
        }
      }
    `,
  ];

  #local(): void {
    store.mode = 'local';
    store.changed('session');
  }

  override render() {
    return html`<main>
      <div>
        <h2>Your microphone, without the noise</h2>
        <p>
          The microphone’s sound goes to the server in chunks of 10.7 ms, through an adaptive
          filter, and comes back to your headphones. The page measures what was taken away and how
          long each part of the way takes.
        </p>
        <p>
          <button class="large" @click=${() => this.#local()}>Use it in this browser only</button>
        </p>
        <p class="soft small">
          The same filter runs in the browser itself then: no account, nothing leaves the machine.
        </p>
      </div>
      <anc-sign-in></anc-sign-in>
    </main>`;
  }
}

customElements.define('anc-live-welcome', LiveWelcome);
