import { css, html, LitElement } from 'lit';
import { base, card } from '../../src/styles.ts';
import { api } from './api-client.ts';
import { form } from './form-styles.ts';
import { type PageError, pageErrorOf } from './page-error.ts';

/** One click as a guest, or an account. `guests` false: accounts only. */
export class SignIn extends LitElement {
  static override properties = {
    guests: { type: Boolean },
    registering: { state: true },
    busy: { state: true },
    failure: { state: true },
  };
  declare guests: boolean;
  declare registering: boolean;
  declare busy: boolean;
  declare failure: PageError | null;
  static override styles = [
    base,
    card,
    form,
    css`
      :host {
        max-width: 400px;
        padding: 20px;
      }
      h2 {
        font-size: 18px;
        color: var(--text);
        margin-bottom: 12px;
      }
      form {
        display: grid;
        gap: 10px;
      }
      form > div {
        display: grid;
        gap: 3px;
      }
      .guest {
        width: 100%;
      }
      .or {
        display: flex;
        align-items: center;
        gap: 10px;
        margin: 14px 0;
        color: var(--soft);
      }
      .or::before,
      .or::after {
        content: '';
        flex: 1;
        border-top: 1px solid var(--line);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
    `,
  ];

  constructor() {
    super();
    this.guests = true;
    this.registering = false;
    this.busy = false;
    this.failure = null;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.failure = null;
    try {
      await work();
    } catch (error) {
      this.failure = pageErrorOf(error);
    }
    this.busy = false;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(fields.get(name) ?? '').trim();
    const credentials = { email: text('email'), password: String(fields.get('password')) };
    void this.#try(() =>
      this.registering
        ? api.register({ ...credentials, name: text('name') || credentials.email.split('@')[0]! })
        : api.signIn(credentials),
    );
  }

  #fields() {
    return html`
      ${
        this.registering
          ? html`<div>
              <label for="name">Name</label>
              <input id="name" name="name" autocomplete="name" maxlength="100" />
            </div>`
          : ''
      }
      <div>
        <label for="email">E-mail</label>
        <input id="email" name="email" type="email" autocomplete="username" required />
      </div>
      <div>
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete=${this.registering ? 'new-password' : 'current-password'}
          aria-describedby="password-help"
          required
        />
        <span id="password-help" class="small soft"
          >${this.registering ? 'At least 12 characters with upper and lower case, a digit and a sign.' : ''}</span
        >
      </div>
    `;
  }

  override render() {
    const { failure, busy, registering } = this;
    return html`
      <h2>${this.guests ? 'Hear it' : 'Sign in'}</h2>
      ${
        this.guests
          ? html`<button
                class="primary large guest"
                ?disabled=${busy}
                @click=${() => void this.#try(() => api.signInAsGuest())}
              >
                Start as a guest
              </button>
              <p class="or small">or with an account</p>`
          : ''
      }
      <form @submit=${(event: SubmitEvent) => this.#submit(event)}>
        ${this.#fields()}
        <div class="foot">
          <button class=${this.guests ? '' : 'primary'} ?disabled=${busy}>
            ${registering ? 'Create the account' : 'Sign in'}
          </button>
          <button
            type="button"
            ?disabled=${busy}
            @click=${() => {
              this.registering = !registering;
              this.failure = null;
            }}
          >
            ${registering ? 'I have an account' : 'New account'}
          </button>
        </div>
      </form>
      <p class="failure" role="alert">
        ${failure ? html`${failure.message} <span class="hint">${failure.hint ?? ''}</span>` : ''}
      </p>
    `;
  }
}

customElements.define('anc-sign-in', SignIn);
