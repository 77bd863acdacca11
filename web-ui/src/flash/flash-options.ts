import { css, html, LitElement } from 'lit';
import type { FirmwareSource } from '../../../host/device/flash/firmware-source.ts';
import { base, card } from '../styles.ts';

const options = [
  {
    name: 'eraseSettings',
    text: 'Erase the settings',
    help: 'The headset starts with its defaults.',
  },
  {
    name: 'full',
    text: 'Everything, also the boot loader',
    help: 'Only when told to: a cut meanwhile leaves a headset that must be flashed again.',
  },
] as const;

export type Option = Partial<{ board: string; eraseSettings: boolean; full: boolean }>;

/** For which board, and how much. */
export class FlashOptions extends LitElement {
  static override properties = {
    source: { attribute: false },
    board: { attribute: false },
    disabled: { type: Boolean },
  };
  declare source: FirmwareSource | null;
  declare board: string;
  declare disabled: boolean;
  static override styles = [
    base,
    card,
    css`
      fieldset {
        display: grid;
        gap: 10px;
        margin: 0;
        padding: 0;
        border: none;
      }
      legend {
        padding: 0;
        margin-bottom: 8px;
        font-weight: 600;
      }
      label {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 8px;
        align-items: center;
      }
      select {
        font: inherit;
        padding: 6px;
        border: 1px solid var(--line);
        border-radius: 6px;
        background: var(--field);
        color: var(--text);
      }
    `,
  ];

  #tell(detail: Option): void {
    this.dispatchEvent(new CustomEvent('anc-option', { detail }));
  }

  override render() {
    const builds = this.source?.manifest?.builds ?? [];
    const boards = [...new Set(builds.flatMap(({ board }) => board ?? []))];
    return html`<fieldset ?disabled=${this.disabled}>
      <legend>How</legend>
      <label
        >Board
        <select
          @change=${(event: Event) => this.#tell({ board: (event.target as HTMLSelectElement).value })}
        >
          <option value="">as the headset says</option>
          ${boards.map((board) => html`<option ?selected=${board === this.board}>${board}</option>`)}
        </select></label
      >
      ${options.map(
        ({ name, text, help }) =>
          html`<label
            ><input
              type="checkbox"
              @change=${(event: Event) =>
                this.#tell({ [name]: (event.target as HTMLInputElement).checked })}
            />${text} <span class="soft small">${help}</span></label
          >`,
      )}
    </fieldset>`;
  }
}

customElements.define('anc-flash-options', FlashOptions);
