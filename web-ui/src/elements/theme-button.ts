import { html, LitElement } from 'lit';
import { base } from '../styles.ts';
import { theme, toggleTheme } from '../theme.ts';

/** The way to the other theme. */
export class ThemeButton extends LitElement {
  static override styles = base;
  #themeChanged = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('anc-theme', this.#themeChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('anc-theme', this.#themeChanged);
  }

  override render() {
    const next = theme() === 'dark' ? 'light' : 'dark';
    return html`<button @click=${toggleTheme} aria-label="Switch to the ${next} theme">
      ${next === 'light' ? '☀' : '☾'}
    </button>`;
  }
}

customElements.define('anc-theme-button', ThemeButton);
