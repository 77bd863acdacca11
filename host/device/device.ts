import { DIRECT_TAPS, equivalentFilter, reachOf } from '@anc/dsp-reference';
import {
  AncError,
  asAncError,
  type Block,
  type Dictionary,
  type Direction,
  type Events,
  type GetLinkStatsResponse,
  messages,
  type Mode,
  type ParameterScalar,
  type Requests,
  type SessionStats,
} from '@anc/link';
import { readBlock, weightsOf, writeBlock } from './blocks.ts';
import { type Connection, openConnection } from './connection.ts';
import { type DeviceInfo, infoOf, type ParameterState } from './device-info.ts';
import { defaultCacheDir, fileCache } from './dictionary-cache.ts';
import {
  identify,
  type Identified,
  type IdentifyOptions,
  type IdentifyProgress,
} from './identify.ts';
import { type MeasuredLatency, measureLatency } from './latency.ts';
import { sumStats } from './link-stats.ts';

export type DeviceState = 'connected' | 'reconnecting' | 'disconnected' | 'closed';

export interface DeviceOptions {
  /** Whether to look for the headset again when the link is lost. Default true. */
  readonly reconnect?: boolean;
  /** For the first answer. Default 3000. */
  readonly timeoutMs?: number;
  /** Of dictionaries. Default $XDG_CACHE_HOME/anc. */
  readonly cacheDir?: string;
  readonly signal?: AbortSignal;
  readonly capture?: (direction: Direction, bytes: Uint8Array) => void;
}

export type StateListener = (state: DeviceState, reason: AncError | null) => void;
type Stream = keyof Events;

/** Longer than a headset needs to hear that a host has gone, even on a busy machine. */
const BUSY_MS = 250;
const firstRetryMs = 100;
const lastRetryMs = 2000;

/** A headset: found, understood by its own dictionary, watched, and found again when the link breaks. */
export class Device {
  readonly uri: string;
  #options: DeviceOptions;
  #connection: Connection;
  #state: DeviceState = 'connected';
  #stateListeners = new Set<StateListener>();
  #streamListeners: { [S in Stream]: Set<(event: Events[S]) => void> } = {
    telemetry: new Set(),
    signals: new Set(),
    log: new Set(),
    identification: new Set(),
  };
  #signalChannels = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #info: DeviceInfo;
  #past: SessionStats | null = null;
  #reconnects = 0;

  private constructor(uri: string, options: DeviceOptions, connection: Connection) {
    this.uri = uri;
    this.#options = options;
    this.#connection = connection;
    this.#info = infoOf(connection);
    this.#adopt(connection);
  }

  /** Errors: those of transports, DEVICE_BUSY, LINK_TIMEOUT, PROTOCOL_VERSION, DICTIONARY_DAMAGED. */
  static async connect(uri: string, options: DeviceOptions = {}): Promise<Device> {
    return new Device(uri, options, await Device.#open(uri, options));
  }

  /** A host that has just gone is still there for the headset until it has heard of it: being busy is asked twice. */
  static async #open(uri: string, options: DeviceOptions): Promise<Connection> {
    try {
      return await Device.#openOnce(uri, options);
    } catch (error) {
      if ((error as AncError).code !== 'DEVICE_BUSY') throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
      return Device.#openOnce(uri, options);
    }
  }

  static #openOnce(uri: string, options: DeviceOptions): Promise<Connection> {
    return openConnection(uri, {
      timeoutMs: options.timeoutMs ?? 3000,
      cache: fileCache(options.cacheDir ?? defaultCacheDir()),
      signal: options.signal,
      capture: options.capture,
    });
  }

  get state(): DeviceState {
    return this.#state;
  }

  /** Of the present or last connection. */
  get info(): DeviceInfo {
    return this.#info;
  }

  get dictionary(): Dictionary {
    return this.#connection.dictionary;
  }

  get description(): string {
    return this.#connection.transport.description;
  }

  /** This side's counters, over all connections of this device. */
  get linkStats(): SessionStats & { readonly reconnects: number } {
    return {
      ...sumStats(this.#past, this.#connection.session.stats),
      reconnects: this.#reconnects,
    };
  }

  /** Returns the function that ends the listening. Streams run while someone listens. */
  on(event: 'state', listener: StateListener): () => void;
  on<S extends Stream>(event: S, listener: (event: Events[S]) => void): () => void;
  on(event: 'state' | Stream, listener: StateListener | ((event: never) => void)): () => void {
    if (event === 'state') {
      this.#stateListeners.add(listener as StateListener);
      return () => this.#stateListeners.delete(listener as StateListener);
    }
    const listeners = this.#streamListeners[event] as Set<unknown>;
    listeners.add(listener);
    if (listeners.size === 1) this.#setStream(event).catch(() => {});
    return () => {
      if (listeners.delete(listener) && listeners.size === 0)
        this.#setStream(event).catch(() => {});
    };
  }

  /** Bits 1 reference, 2 error, 4 output, 8 disturbance; 0 ends the stream. Holds across reconnections. */
  async setSignalChannels(channels: number): Promise<void> {
    this.#signalChannels = channels;
    await this.#setStream('signals');
  }

  /** Any request of the protocol. Errors: DEVICE_DISCONNECTED, LINK_TIMEOUT, DEVICE_<STATUS>. */
  request<N extends keyof Requests>(
    name: N,
    body: Partial<Requests[N]['request']> = {},
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<Requests[N]['response']> {
    if (this.#state !== 'connected')
      return Promise.reject(
        new AncError('DEVICE_DISCONNECTED', `${name}: ${this.uri} is ${this.#state}`),
      );
    return this.#connection.session.request(name, body, options);
  }

  /** A whole frame, for speaking the protocol by hand. */
  sendFrame(frame: Parameters<Connection['session']['sendFrame']>[0]): void {
    this.#connection.session.sendFrame(frame);
  }

  async listParameters(): Promise<ParameterState[]> {
    const { ids, values, stored, defaults } = await this.request('getParameters');
    return ids.flatMap((id, i) => {
      const parameter = this.dictionary.byId(id);
      if (!parameter) return [];
      const scalar = (raw: number) => this.dictionary.fromRaw(parameter, raw);
      const state = { value: values[i]!, stored: stored[i]!, default: defaults[i]! };
      return {
        name: parameter.name,
        value: scalar(state.value),
        stored: scalar(state.stored),
        default: scalar(state.default),
      };
    });
  }

  /** Errors: UNKNOWN_PARAMETER. */
  async getParameter(name: string): Promise<ParameterState> {
    this.dictionary.byName(name);
    return (await this.listParameters()).find((parameter) => parameter.name === name)!;
  }

  /** Returns what the headset took: the value at its nearest step. Errors: UNKNOWN_PARAMETER, PARAMETER_TYPE, PARAMETER_OUT_OF_RANGE. */
  async setParameter(name: string, value: ParameterScalar): Promise<ParameterScalar> {
    const parameter = this.dictionary.byName(name);
    const raw = this.dictionary.toRaw(parameter, value);
    const taken = await this.request('setParameter', { id: parameter.id, value: raw });
    return this.dictionary.fromRaw(parameter, taken.value);
  }

  /** The headset reads its store back; this compares what it then reports. Errors: DEVICE_STORAGE_FAILED, STORE_DIFFERS. */
  async storeParameters(): Promise<{ count: number }> {
    const { count } = await this.request('storeParameters', {}, { timeoutMs: 5000 });
    for (const { name, value, stored } of await this.listParameters()) {
      if (!this.dictionary.byName(name).persistent || value === stored) continue;
      throw new AncError(
        'STORE_DIFFERS',
        `${name} runs as ${String(value)} but is stored as ${String(stored)}`,
      );
    }
    return { count };
  }

  /** Without names: every persistent one. Returns how many. */
  async revertParameters(names?: readonly string[]): Promise<number> {
    return (await this.request('revertParameters', { ids: this.#ids(names) })).count;
  }

  /** As revertParameters, to the defaults. */
  async resetParameters(names?: readonly string[]): Promise<number> {
    return (await this.request('resetParameters', { ids: this.#ids(names) })).count;
  }

  async setMode(mode: Mode): Promise<void> {
    await this.setParameter('mode', mode);
  }

  async guardClear(): Promise<void> {
    await this.request('guardClear');
  }

  async resetWeights(): Promise<void> {
    await this.request('resetWeights');
  }

  readBlock(block: Block): Promise<Uint8Array> {
    return readBlock(this, block);
  }

  /** Errors: DEVICE_OUT_OF_RANGE when the contents do not fit this headset; nothing changes then. */
  writeBlock(block: Block, bytes: Uint8Array): Promise<void> {
    return writeBlock(this, block, bytes);
  }

  /** Impulse response of the control filter, first tap first; 1 is unit gain. */
  async readWeights(): Promise<Float64Array> {
    const weights = weightsOf(await this.readBlock('weights'));
    const isMultirate =
      this.dictionary.parameters.some(({ name }) => name === 'filterForm') &&
      (await this.getParameter('filterForm')).value === 'multirate';
    const hasLate = weights.length > DIRECT_TAPS;
    return isMultirate && hasLate ? equivalentFilter(weights, reachOf(weights.length)) : weights;
  }

  /** Measures the path to the error microphone: see identify.ts. Errors: DEVICE_IDENTIFICATION_REFUSED. */
  identify(
    options?: IdentifyOptions,
    onProgress?: (progress: IdentifyProgress) => void,
    signal?: AbortSignal,
  ): Promise<Identified> {
    return identify(this, options, onProgress, signal);
  }

  /** Plays pulses and finds them at the error microphone: see latency.ts. Errors: DEVICE_LOOP_UNHEARD. */
  measureLatency(signal?: AbortSignal): Promise<MeasuredLatency> {
    return measureLatency(this, signal);
  }

  /** The headset's counters. */
  readLinkStats(): Promise<GetLinkStatsResponse> {
    return this.request('getLinkStats');
  }

  /** The link breaks and comes back: expected, not an error. */
  async reboot(): Promise<void> {
    await this.request('reboot');
  }

  /** May be called more than once. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    clearTimeout(this.#retry);
    this.#setState('closed', null);
    await this.#connection.close();
  }

  #ids(names: readonly string[] = []): number[] {
    return names.map((name) => this.dictionary.byName(name).id);
  }

  #setState(state: DeviceState, reason: AncError | null): void {
    this.#state = state;
    for (const listener of [...this.#stateListeners]) listener(state, reason);
  }

  async #setStream(stream: Stream): Promise<void> {
    const wanted = this.#streamListeners[stream].size > 0;
    const channels = stream === 'signals' ? this.#signalChannels : 0;
    const enabled = wanted && (stream !== 'signals' || channels > 0);
    if (this.#state === 'connected')
      await this.#connection.session.request('setStream', {
        stream: messages[stream].id,
        enabled,
        channels,
      });
  }

  #adopt(connection: Connection): void {
    const { session } = connection;
    for (const stream of Object.keys(this.#streamListeners) as Stream[]) {
      session.on(stream, (event) => {
        for (const listener of this.#streamListeners[stream]) listener(event as never);
      });
      if (this.#streamListeners[stream].size > 0) this.#setStream(stream).catch(() => {});
    }
    session.onClosed((error) => void this.#lost(connection, error));
    if (session.closed) void this.#lost(connection, null);
  }

  async #lost(connection: Connection, error: AncError | null): Promise<void> {
    if (this.#state === 'closed' || connection !== this.#connection || this.#state !== 'connected')
      return;
    this.#past = sumStats(this.#past, connection.session.stats);
    const reason = error ?? new AncError('LINK_CLOSED', 'the link was closed');
    const again = this.#options.reconnect ?? true;
    this.#setState(again ? 'reconnecting' : 'disconnected', reason);
    await connection.close();
    if (again) this.#tryAgain(firstRetryMs);
  }

  #tryAgain(afterMs: number): void {
    this.#retry = setTimeout(async () => {
      try {
        const connection = await Device.#open(this.uri, this.#options);
        if (this.#state !== 'reconnecting') return await connection.close();
        this.#connection = connection;
        this.#info = infoOf(connection);
        this.#reconnects += 1;
        this.#setState('connected', null);
        this.#adopt(connection);
      } catch (error) {
        if (this.#state !== 'reconnecting') return;
        this.#setState('reconnecting', asAncError(error));
        this.#tryAgain(Math.min(2 * afterMs, lastRetryMs));
      }
    }, afterMs);
  }
}
