import { css, html, LitElement } from 'lit';
import type { FirmwareSource } from '../../../host/device/flash/firmware-source.ts';
import type { FirmwareList } from '../../../host/server/panel-protocol.ts';
import '../elements/theme-button.ts';
import { base } from '../styles.ts';
import { listFirmware } from './firmware-files.ts';
import { hasWebSerial } from './browser-port.ts';
import './firmware-choice.ts';
import './flash-options.ts';
import type { Option } from './flash-options.ts';
import './flash-progress.ts';
import { FlashRun } from './flash-run.ts';

/** Flashing from the browser through Web Serial. */
export class FlashPage extends LitElement {
  static override properties = {
    source: { state: true },
    offered: { state: true },
    board: { state: true },
    eraseSettings: { state: true },
    full: { state: true },
  };
  declare source: FirmwareSource | null;
  declare offered: FirmwareList;
  declare board: string;
  declare eraseSettings: boolean;
  declare full: boolean;
  readonly #run = new FlashRun(() => this.requestUpdate());
  static override styles = [
    base,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 16px;
        min-height: 50px;
        padding: 6px 14px;
        background: var(--card);
        border-bottom: 1px solid var(--line);
      }
      h1 {
        flex: 1;
        margin: 0;
        font-size: 16px;
      }
      a {
        color: var(--accent);
      }
      main {
        display: grid;
        gap: 10px;
        max-width: 720px;
        margin: 0 auto;
        padding: 10px;
      }
      p {
        margin: 0;
      }
      .absent {
        padding: 8px 14px;
        border-left: 4px solid var(--warn);
        background: var(--card);
      }
      .buttons {
        display: flex;
        gap: 10px;
      }
      .buttons button {
        padding: 8px 16px;
      }
    `,
  ];

  constructor() {
    super();
    this.source = null;
    this.offered = { firmware: [], recovery: {} };
    this.board = '';
    this.eraseSettings = false;
    this.full = false;
    addEventListener('beforeunload', (event) => {
      if (this.#run.isRunning) event.preventDefault();
    });
  }

  override async firstUpdated(): Promise<void> {
    this.offered = await listFirmware().catch(() => this.offered);
  }

  #start(): void {
    if (!this.source) return;
    const { source, eraseSettings, full } = this;
    const board = this.board || undefined;
    const recovery = this.offered.recovery[this.board];
    void this.#run.start({ source, board, eraseSettings, full, recovery });
  }

  #firmware({ detail }: CustomEvent<FirmwareSource | null>): void {
    this.source = detail;
    this.board = '';
  }

  override render() {
    const { state, isRunning, backups } = this.#run;
    const canStart = this.source !== null && !isRunning && hasWebSerial();
    return html`
      <header>
        <h1>Flash a headset</h1>
        <a href="./">Panel</a>
        <anc-theme-button></anc-theme-button>
      </header>
      <main>
        ${
          hasWebSerial()
            ? ''
            : html`<div class="absent" role="alert">
                This browser cannot reach serial ports. Chrome, Edge and Opera can, over https or
                from this machine; <code>anc flash</code> needs no browser.
              </div>`
        }
        <anc-firmware-choice
          .entries=${this.offered.firmware}
          ?disabled=${isRunning}
          @anc-firmware=${this.#firmware}
        ></anc-firmware-choice>
        <anc-flash-options
          .source=${this.source}
          ?disabled=${isRunning}
          .board=${this.board}
          @anc-option=${({ detail }: CustomEvent<Option>) => void Object.assign(this, detail)}
        ></anc-flash-options>
        <div class="buttons">
          <button class="primary" ?disabled=${!canStart} @click=${this.#start}>
            Choose the port and flash
          </button>
          <button ?disabled=${!isRunning} @click=${() => this.#run.cancel()}>Cancel</button>
        </div>
        <anc-flash-progress .run=${state} .backups=${backups}></anc-flash-progress>
      </main>
    `;
  }
}

customElements.define('anc-flash-page', FlashPage);
