import { css, html, LitElement } from 'lit';
import { duration } from '../../src/format.ts';
import { StoreController } from '../../src/store-controller.ts';
import { base, card } from '../../src/styles.ts';
import { form } from '../shared/form-styles.ts';
import { store } from './files-store.ts';

const formats = {
  pcm16: '16 bit',
  pcm24: '24 bit',
  pcm32: '32 bit',
  float32: '32 bit float',
  float64: '64 bit float',
} as const;

/** Where recordings are dropped or chosen, and what was read. */
export class DropZone extends LitElement {
  static override properties = { over: { state: true } };
  /** something is dragged over it */
  declare over: boolean;
  static override styles = [
    base,
    card,
    form,
    css`
      :host {
        padding: 0;
        border: none;
      }
      .zone {
        display: grid;
        gap: 6px;
        justify-items: center;
        padding: 14px 16px;
        border: 2px dashed var(--line);
        border-radius: 10px;
        text-align: center;
      }
      .zone.empty {
        align-content: center;
        gap: 14px;
        min-height: min(420px, 60vh);
      }
      .first {
        max-width: 46ch;
      }
      .over {
        border-color: var(--accent);
        background: var(--page);
      }
      label {
        padding: 8px 18px;
        border-radius: 9px;
        background: var(--accent);
        color: var(--on-accent);
        cursor: pointer;
      }
      label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      p {
        margin: 0;
      }
    `,
  ];

  constructor() {
    super();
    this.over = false;
    new StoreController(this, store, ['state']);
  }

  #dropped(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    void store.read([...(event.dataTransfer?.files ?? [])]);
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // The same file may be chosen again.
    input.value = '';
    if (files.length > 0) void store.read(files);
  }

  #about() {
    const { recording, state } = store;
    if (state.kind === 'reading') return html`<p role="status">Reading …</p>`;
    if (!recording)
      return html`<p class="soft first">
        WAV of 16, 24, 32 bits or float, up to 10 minutes. Mono, stereo (left the primary, right the
        reference), or two files. It stays in this browser.
      </p>`;
    const { name, sampleRateHz, format, channels, seconds, notes } = recording;
    return html`<p role="status">
        <strong>${name}</strong>
        <span class="soft"
          >${duration(seconds)}, ${sampleRateHz / 1000} kHz, ${formats[format]},
          ${channels === 2 ? 'primary and reference' : 'one microphone'}</span
        >
      </p>
      ${notes.map((note) => html`<p class="soft small">${note}</p>`)}`;
  }

  override render() {
    return html`<div
      class="zone ${this.over ? 'over' : ''} ${store.recording ? '' : 'empty'}"
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.over = true;
      }}
      @dragleave=${() => (this.over = false)}
      @drop=${(event: DragEvent) => this.#dropped(event)}
    >
      <label
        >${store.recording ? 'Choose another recording' : 'Drop or choose a recording'}
        <input
          class="hidden"
          type="file"
          accept=".wav,audio/wav,audio/x-wav"
          multiple
          @change=${(event: Event) => this.#chosen(event)}
        />
      </label>
      ${this.#about()}
    </div>`;
  }
}

customElements.define('anc-drop-zone', DropZone);
