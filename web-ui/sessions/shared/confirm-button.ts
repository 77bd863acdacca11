import { html, LitElement } from 'lit';
import { base } from '../../src/styles.ts';

/** so long a second click means yes */
const armedMs = 4000;

/** For what cannot be undone: the first click asks, the second does it. Event `confirmed`. */
export class ConfirmButton extends LitElement {
  static override properties = {
    text: { type: String },
    about: { type: String },
    armed: { state: true },
  };
  declare text: string;
  /** what it is done to, for those who only hear the button */
  declare about: string;
  declare armed: boolean;
  static override styles = base;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.text = '';
    this.about = '';
    this.armed = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  #clicked(): void {
    clearTimeout(this.#timer);
    if (this.armed) this.dispatchEvent(new Event('confirmed'));
    else this.#timer = setTimeout(() => (this.armed = false), armedMs);
    this.armed = !this.armed;
  }

  override render() {
    const text = this.armed ? 'Really?' : this.text;
    return html`<button
      class=${this.armed ? 'primary' : ''}
      aria-label="${this.text} ${this.about}${this.armed ? ': really?' : ''}"
      @click=${() => this.#clicked()}
    >
      ${text}
    </button>`;
  }
}

customElements.define('anc-confirm-button', ConfirmButton);
