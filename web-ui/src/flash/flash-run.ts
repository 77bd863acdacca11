/** One flash in the browser, from the choice of the port to the headset's return. */
import { AncError, asAncError } from '../../../host/link/src/index.ts';
import type { FlashEvent } from '../../../host/device/flash/flash-headset.ts';
import type { FirmwareSource } from '../../../host/device/flash/firmware-source.ts';
import { choosePort } from './browser-port.ts';

export interface Backup {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface FlashWish {
  readonly source: FirmwareSource;
  readonly board: string | undefined;
  readonly full: boolean;
  readonly eraseSettings: boolean;
  /** What the board's file says for a chip that does not answer. */
  readonly recovery: string | undefined;
}

export type FlashState =
  | { readonly state: 'idle'; readonly text: string }
  | {
      readonly state: 'running';
      readonly steps: readonly string[];
      /** 0 to 1; null while it is not known. */
      readonly share: number | null;
      readonly text: string;
      /** A cut now would leave nothing that starts. */
      readonly isCritical: boolean;
    }
  | { readonly state: 'done'; readonly text: string }
  | {
      readonly state: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };

const askMs = 800;
const returnMs = 15_000;
const baudRate = 460_800;

function timeText(seconds: number | null): string {
  if (seconds === null) return '';
  return seconds < 90 ? `, ${Math.ceil(seconds)} s left` : `, ${Math.ceil(seconds / 60)} min left`;
}

export class FlashRun {
  state: FlashState = { state: 'idle', text: '' };
  backups: readonly Backup[] = [];
  readonly #changed: () => void;
  #abort: AbortController | null = null;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get isRunning(): boolean {
    return this.state.state === 'running';
  }

  /** Ends it where it is safe; what the headset then has is said as with every other end. */
  cancel(): void {
    this.#abort?.abort(new AncError('INTERRUPTED', 'cancelled'));
  }

  async start(wish: FlashWish): Promise<void> {
    this.backups = [];
    try {
      const port = await choosePort();
      if (!port) return this.#set({ state: 'idle', text: 'No port was chosen.' });
      await this.#flash(port, wish);
    } catch (error) {
      const { code, message, hint = '' } = asAncError(error);
      this.#set({ state: 'failed', code, message, hint });
    } finally {
      this.#abort = null;
    }
  }

  async #flash(port: NonNullable<Awaited<ReturnType<typeof choosePort>>>, wish: FlashWish) {
    this.#set({
      state: 'running',
      steps: [],
      share: null,
      text: 'asking the headset',
      isCritical: false,
    });
    // Loaded here: the loader's protocol and its programs for the chips are needed by nobody who only looks.
    const { flashHeadset, askHeadset, exportOf, returned } = await import('./flash-job.ts');
    const { signal } = (this.#abort = new AbortController());
    const { eraseSettings, full, board, source, recovery } = wish;
    const before = await askHeadset(port, askMs, signal);
    if (before) {
      const { board: is, firmwareVersion } = before.hello;
      this.#step(`headset: ${is}, firmware ${firmwareVersion}`);
      this.#keep('settings.json', new TextEncoder().encode(exportOf(before)));
    } else this.#step('no firmware answers; looking for the chip’s loader');
    const done = await flashHeadset({
      port,
      firmwareFor: (chip) => source.forChip(chip, board ?? before?.hello.board),
      board: before?.hello.board ?? board ?? null,
      full,
      eraseSettings,
      baudRate,
      signal,
      recovery,
      onEvent: (event) => this.#event(event),
      onBackup: (settings) => {
        for (const { label, offset, bytes } of before ? [] : settings)
          this.#keep(`${label}-0x${offset.toString(16)}.bin`, bytes);
      },
    });
    this.#step('waiting for the headset');
    const after = await returned(port, done, { waitMs: returnMs, before, eraseSettings, signal });
    const was = done.oldVersion ? `, before it ${done.oldVersion}` : '';
    const kept = before && !eraseSettings ? ' Its settings are as before.' : '';
    this.#set({
      state: 'done',
      text: `The ${after.hello.board} runs firmware ${after.hello.firmwareVersion}${was}.${kept}`,
    });
  }

  #event(event: FlashEvent): void {
    if (event.event === 'step') return this.#step(`${event.step}: ${event.text}`);
    if (this.state.state !== 'running') return;
    const { step, what, doneBytes, totalBytes, secondsLeft } = event;
    const share = totalBytes === 0 ? 1 : doneBytes / totalBytes;
    const text = `${step}: ${what} ${Math.floor(100 * share)} %${timeText(secondsLeft)}`;
    this.#set({ ...this.state, share, text, isCritical: event.ifCut === 'unbootable' });
  }

  #step(text: string): void {
    if (this.state.state !== 'running') return;
    this.#set({ ...this.state, steps: [...this.state.steps, text], share: null, text });
  }

  #keep(name: string, bytes: Uint8Array): void {
    this.backups = [...this.backups, { name, bytes }];
    this.#changed();
  }

  #set(state: FlashState): void {
    this.state = state;
    this.#changed();
  }
}
