import { AncError } from '@anc/link';

/** What carries bytes to a headset and back. */
export interface Transport {
  readonly uri: string;
  /** For people: what is at the other end, as far as the transport knows. */
  readonly description: string;
  /** Without an error: what cannot be sent shows in the missing answer, or by `onClosed`. */
  write(bytes: Uint8Array): void;
  onData(listener: (chunk: Uint8Array) => void): void;
  /** Called once; null when this side closed it. */
  onClosed(listener: (error: AncError | null) => void): void;
  /** May be called more than once. */
  close(): Promise<void>;
}

/** The part that every transport shares: listeners, and a close that happens once. */
export class TransportEvents {
  #data: (chunk: Uint8Array) => void = () => {};
  #closed: (error: AncError | null) => void = () => {};
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#data = listener;
  }

  onClosed(listener: (error: AncError | null) => void): void {
    this.#closed = listener;
  }

  data(chunk: Uint8Array): void {
    if (!this.#isClosed) this.#data(chunk);
  }

  /** Some ends are reported twice, or after this side has closed: only the first counts. */
  closed(error: AncError | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed(error);
  }
}

/** A system error's code, such as ECONNREFUSED. */
export function systemCode(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '');
}

export function uriInvalid(uri: string, expected: string): AncError {
  return new AncError('DEVICE_URI_INVALID', `'${uri}' is no device: expected ${expected}`);
}

/** Whether a transport goes by such a name. */
export function isDeviceUri(uri: string): boolean {
  return /^(tcp|serial|pty|sim|qemu):/.test(uri);
}

/** A headset that opening the URI starts, so that it never is merely away. */
export function isOwnUri(uri: string): boolean {
  return /^(sim|qemu):/.test(uri);
}
