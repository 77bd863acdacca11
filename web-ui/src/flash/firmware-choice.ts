import { css, html, LitElement } from 'lit';
import { asAncError } from '../../../host/link/src/index.ts';
import type { FirmwareSource } from '../../../host/device/flash/firmware-source.ts';
import type { FirmwareEntry } from '../../../host/server/panel-protocol.ts';
import { base, card } from '../styles.ts';
import { firmwareOfFiles, firmwareOfServer } from './firmware-files.ts';

/** Which firmware: one that the server offers, or files from this machine. Tells by `anc-firmware`. */
export class FirmwareChoice extends LitElement {
  static override properties = {
    disabled: { type: Boolean },
    entries: { attribute: false },
    text: { state: true },
    failure: { state: true },
    over: { state: true },
  };
  declare disabled: boolean;
  declare entries: readonly FirmwareEntry[];
  declare text: string;
  declare failure: string;
  declare over: boolean;
  static override styles = [
    base,
    card,
    css`
      fieldset {
        display: grid;
        gap: 8px;
        margin: 0;
        padding: 0;
        border: none;
      }
      legend {
        padding: 0;
        margin-bottom: 8px;
        font-weight: 600;
      }
      select,
      .zone {
        width: 100%;
        font: inherit;
        padding: 8px;
        border: 1px solid var(--line);
        border-radius: 6px;
        background: var(--field);
        color: var(--text);
      }
      .zone {
        border-style: dashed;
        border-width: 2px;
        text-align: center;
      }
      .over {
        border-color: var(--accent);
      }
      p {
        margin: 0;
      }
      .failure {
        color: var(--bad);
      }
      .hidden {
        position: absolute;
        width: 1px;
        height: 1px;
        opacity: 0;
      }
      .zone label {
        color: var(--accent);
        font-weight: 600;
        text-decoration: underline;
        cursor: pointer;
      }
      .zone:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
    `,
  ];

  constructor() {
    super();
    this.disabled = false;
    this.entries = [];
    this.text = '';
    this.failure = '';
    this.over = false;
  }

  async #take(open: () => Promise<FirmwareSource>): Promise<void> {
    let source: FirmwareSource | null = null;
    this.failure = this.text = '';
    try {
      source = await open();
      const { manifest, name } = source;
      this.text = manifest
        ? `${name} ${manifest.version} for ${manifest.builds.map((build) => build.chipFamily).join(', ')}`
        : name;
    } catch (error) {
      const { message, hint } = asAncError(error);
      this.failure = [message, hint].filter(Boolean).join('. ');
    }
    this.dispatchEvent(new CustomEvent('anc-firmware', { detail: source, bubbles: true }));
  }

  #selected(event: Event): void {
    const path = (event.target as HTMLSelectElement).value;
    if (path) void this.#take(() => firmwareOfServer(path));
  }

  #given(files: FileList | null | undefined): void {
    const list = [...(files ?? [])];
    if (list.length > 0) void this.#take(() => firmwareOfFiles(list));
  }

  #dropped(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    if (!this.disabled) this.#given(event.dataTransfer?.files);
  }

  override render() {
    const usable = this.entries.filter(({ error }) => error === null);
    const broken = this.entries.filter(({ error }) => error !== null);
    return html`<fieldset ?disabled=${this.disabled}>
      <legend>Firmware</legend>
      ${
        usable.length > 0
          ? html`<select aria-label="Firmware of this server" @change=${this.#selected}>
              <option value="">choose one of this server’s …</option>
              ${usable.map(
                ({ path, name, version, chips }) =>
                  html`<option value=${path}>${name} ${version} (${chips.join(', ')})</option>`,
              )}
            </select>`
          : ''
      }
      <div
        class="zone ${this.over ? 'over' : ''}"
        @dragover=${(event: DragEvent) => {
          event.preventDefault();
          this.over = true;
        }}
        @dragleave=${() => (this.over = false)}
        @drop=${this.#dropped}
      >
        <label
          >Choose files<input
            class="hidden"
            type="file"
            multiple
            @change=${(event: Event) => this.#given((event.target as HTMLInputElement).files)}
        /></label>
        or drop them here: a manifest with its files, or one image
      </div>
      ${broken.map(({ error }) => html`<p class="soft small">${error}</p>`)}
      <p role="status">${this.text}</p>
      <p role="alert" class="failure">${this.failure}</p>
    </fieldset>`;
  }
}

customElements.define('anc-firmware-choice', FirmwareChoice);
