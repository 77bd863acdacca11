import { defaultSettings, type SessionSettings } from '../../../host/sessions/protocol/index.ts';
import { coreModule } from '../shared/core-module.ts';
import { PageError, pageErrorOf } from '../shared/page-error.ts';
import { save } from '../shared/save.ts';
import { withConsequences } from '../shared/settings-fields.ts';
import type { CleanedView, FromCleaner, RecordingView, ToCleaner } from './clean-messages.ts';
import { Player } from './player.ts';
import { cleanedName, mostBytes } from './recording.ts';

export type Topic = 'state' | 'settings' | 'result';

export type FilesState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'cleaning'; readonly share: number };

/** A file is long enough to learn faster than a live session: the default step size is larger. */
const initial: SessionSettings = { ...defaultSettings, stepSize: 0.05 };

/** All that the file page knows; each change is an event by its topic. */
export class FilesStore extends EventTarget {
  state: FilesState = { kind: 'empty' };
  error: PageError | null = null;
  recording: RecordingView | null = null;
  settings: SessionSettings = initial;
  isSwapped = false;
  cleaned: CleanedView | null = null;
  player: Player | null = null;
  #worker: Worker | null = null;

  async read(files: readonly File[]): Promise<void> {
    this.#forget();
    this.recording = null;
    this.error = null;
    this.#state({ kind: 'reading' });
    try {
      const long = files.find(({ size }) => size > mostBytes);
      if (long)
        throw new PageError('FILES_TOO_LONG', `${long.name} has ${megabytes(long.size)} MB.`, {
          hint: `At most ${megabytes(mostBytes)} MB are read here.`,
        });
      const read = await Promise.all(
        files.map(async (file) => ({
          name: file.name,
          bytes: new Uint8Array(await file.arrayBuffer()),
        })),
      );
      this.#send(
        { kind: 'read', files: read },
        read.map(({ bytes }) => bytes.buffer),
      );
    } catch (error) {
      this.#fail(pageErrorOf(error));
    }
  }

  async clean(): Promise<void> {
    this.#forget();
    this.error = null;
    this.#state({ kind: 'cleaning', share: 0 });
    try {
      const module = await coreModule();
      const { settings, isSwapped: swapped } = this;
      this.#send({ kind: 'clean', module, settings, swapped });
    } catch (error) {
      this.#fail(pageErrorOf(error));
    }
  }

  cancel(): void {
    this.#send({ kind: 'cancel' });
  }

  /** In the format of the input. */
  download(): void {
    this.#send({ kind: 'encode' });
  }

  change(settings: Partial<SessionSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.#changed('settings');
  }

  setSwapped(isSwapped: boolean): void {
    this.isSwapped = isSwapped;
    this.#changed('settings');
  }

  #send(message: ToCleaner, transfer: Transferable[] = []): void {
    if (!this.#worker) {
      this.#worker = new Worker('/clean-worker.js', { type: 'module' });
      this.#worker.onmessage = ({ data }: MessageEvent<FromCleaner>) => this.#received(data);
      this.#worker.onerror = ({ message: text }) => {
        // What is held there is lost: memory, most of the time.
        this.#worker?.terminate();
        this.#worker = null;
        this.recording = null;
        this.#fail(
          new PageError('FILES_WORKER', text || 'The worker that cleans the file has ended.', {
            hint: 'Take a shorter recording.',
          }),
        );
      };
    }
    this.#worker.postMessage(message, transfer);
  }

  #received(message: FromCleaner): void {
    switch (message.kind) {
      case 'read': {
        const { channels } = message.recording;
        this.recording = message.recording;
        this.settings = withConsequences({ ...this.settings, channels });
        this.#changed('settings');
        return this.#state({ kind: 'ready' });
      }
      case 'progress':
        return this.#state({ kind: 'cleaning', share: message.share });
      case 'cancelled':
        return this.#state({ kind: 'ready' });
      case 'cleaned':
        this.cleaned = message.cleaned;
        this.#makePlayer(message.cleaned);
        this.#changed('result');
        return this.#state({ kind: 'ready' });
      case 'encoded':
        return save(
          cleanedName(this.recording!.name),
          message.bytes as Uint8Array<ArrayBuffer>,
          'audio/wav',
        );
      case 'failure': {
        const { code, message: text, hint } = message;
        return this.#fail(new PageError(code, text, { hint }));
      }
    }
  }

  #makePlayer({ before, after }: CleanedView): void {
    try {
      this.player = new Player(before, after, this.recording!.sampleRateHz);
    } catch {
      this.error = new PageError(
        'FILES_UNPLAYABLE',
        `This browser does not play ${this.recording!.sampleRateHz} Hz.`,
        { hint: 'The result can be downloaded.' },
      );
    }
  }

  #forget(): void {
    this.player?.close();
    this.player = null;
    this.cleaned = null;
    this.#changed('result');
  }

  #fail(error: PageError): void {
    this.error = error;
    this.#state({ kind: this.recording ? 'ready' : 'empty' });
  }

  #state(state: FilesState): void {
    this.state = state;
    this.#changed('state');
  }

  #changed(topic: Topic): void {
    this.dispatchEvent(new Event(topic));
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

export const store = new FilesStore();
