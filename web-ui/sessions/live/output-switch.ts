import { css, html, LitElement } from 'lit';
import { StoreController } from '../../src/store-controller.ts';
import { base } from '../../src/styles.ts';
import { form } from '../shared/form-styles.ts';
import { store } from './live-store.ts';

/** The sound is off until someone says that it goes to headphones: a loudspeaker would howl with the microphone. */
export class OutputSwitch extends LitElement {
  static override styles = [
    base,
    form,
    css`
      .warning {
        display: grid;
        gap: 8px;
        padding: 10px;
        border: 1px solid var(--line);
        border-left: 4px solid var(--warn);
        border-radius: 8px;
      }
      p {
        margin: 0;
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['settings']);
  }

  override render() {
    if (!store.isMuted)
      return html`<button @click=${() => store.setMuted(true)}>Mute the output</button>`;
    return html`<div class="warning">
      <p class="small">
        <strong>The output is muted.</strong> Through loudspeakers the microphone hears it again and
        it howls: put headphones on first.
      </p>
      <button @click=${() => store.setMuted(false)}>I wear headphones: let me hear it</button>
    </div>`;
  }
}

customElements.define('anc-output-switch', OutputSwitch);
