import { css, html, LitElement } from 'lit';
import { signed } from '../../src/format.ts';
import { base } from '../../src/styles.ts';

const bottomDb = -90;

/** A level as a bar and a number. */
export class LevelMeter extends LitElement {
  static override properties = {
    label: { type: String },
    value: { attribute: false },
    colour: { type: String },
  };
  declare label: string;
  /** dBFS RMS; null while there is none */
  declare value: number | null;
  declare colour: 'off' | 'on';
  static override styles = [
    base,
    css`
      .row {
        display: grid;
        grid-template-columns: 62px 1fr 96px;
        align-items: center;
        gap: 10px;
      }
      svg {
        display: block;
        width: 100%;
        height: 14px;
        border-radius: 4px;
        background: var(--grid);
      }
      .off {
        fill: var(--off);
      }
      .on {
        fill: var(--on);
      }
      .number {
        text-align: right;
      }
    `,
  ];

  constructor() {
    super();
    this.label = '';
    this.value = null;
    this.colour = 'on';
  }

  override render() {
    const { label, value } = this;
    const shown = value === null || !Number.isFinite(value) ? null : value;
    const share = shown === null ? 0 : Math.max(0, Math.min(1, (shown - bottomDb) / -bottomDb));
    const text = shown === null ? '–' : `${signed(shown)} dBFS`;
    return html`<div
      class="row"
      role="meter"
      aria-label="${label} level"
      aria-valuemin=${bottomDb}
      aria-valuemax="0"
      aria-valuenow=${(shown ?? bottomDb).toFixed(1)}
      aria-valuetext=${text}
    >
      <span>${label}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class=${this.colour} width=${100 * share} height="10"></rect>
      </svg>
      <span class="number" data-testid="level-${label.toLowerCase()}">${text}</span>
    </div>`;
  }
}

customElements.define('anc-level-meter', LevelMeter);
