import { deviceLogText } from './device-log.ts';
import { performance } from 'node:perf_hooks';
import { Analyser } from '../analysis/analyser.ts';
import { SignalSupply } from '../analysis/signal-supply.ts';
import { AncError, errorView } from '../errors.ts';
import type { DeviceLogEvent, Headset, HeadsetState, Telemetry } from '../headset.ts';
import type {
  AnalysisView,
  Command,
  ConnectionState,
  DeviceView,
  ErrorView,
  LinkView,
  LogEntry,
  ServerMessage,
  Snapshot,
  TelemetryView,
  WeightsView,
} from '../panel-protocol.ts';
import { panelProtocolVersion } from '../panel-protocol.ts';
import { runCommand } from './commands.ts';
import { EventLog } from './event-log.ts';
import { History } from './history.ts';
import type { HeadsetSource } from './headset-source.ts';
import { LinkMeter } from './link-meter.ts';
import { ParameterMirror } from './parameter-mirror.ts';
import { Repeater } from './repeater.ts';
import { telemetryView } from './telemetry-view.ts';

const housekeepingMs = 1000;
const weightsMs = 500;

/** What the metrics count; all other figures they read from the monitor. */
export interface MonitorObserver {
  roundTrip(seconds: number): void;
  error(code: string): void;
}

/** One headset, watched: keeps what every client sees and tells each change as a `ServerMessage`. */
export class Monitor {
  readonly parameters = new ParameterMirror();
  telemetry: TelemetryView | null = null;
  analysis: AnalysisView | null = null;
  link: LinkView | null = null;
  device: DeviceView;
  /** Weights are read only while somebody looks. */
  hasViewers: () => boolean = () => false;
  #source: HeadsetSource;
  #headset: Headset | null = null;
  #observer: MonitorObserver;
  #send: (message: ServerMessage) => void;
  #unlisten: () => void = () => {};
  #history = new History();
  #log = new EventLog();
  #meter = new LinkMeter();
  #supply = new SignalSupply();
  #analyser: Analyser | null = null;
  #sampleRateHz = 0;
  #weights: WeightsView | null = null;
  #housekeeping = new Repeater(housekeepingMs, () => this.#keepHouse());
  #weightsReader = new Repeater(weightsMs, () => this.#readWeights());

  constructor(
    source: HeadsetSource,
    observer: MonitorObserver,
    send: (message: ServerMessage) => void,
  ) {
    this.#source = source;
    this.#observer = observer;
    this.#send = send;
    this.device = {
      state: 'connecting',
      uri: source.uri,
      reason: null,
      sinceMs: Date.now(),
      lastSeenMs: null,
      info: null,
    };
  }

  start(): void {
    this.#source.start(
      (headset) => this.#attach(headset),
      (error) => this.#connectFailed(error),
    );
  }

  async close(): Promise<void> {
    this.#source.close();
    this.#housekeeping.stop();
    this.#weightsReader.stop();
    this.#unlisten();
    await this.#headset?.close();
  }

  snapshot(): Snapshot {
    return {
      type: 'snapshot',
      protocol: panelProtocolVersion,
      timeMs: Date.now(),
      device: this.device,
      groups: this.#headset?.groups ?? [],
      dictionary: this.#headset?.dictionary ?? [],
      parameters: this.parameters.all(),
      telemetry: this.telemetry,
      history: this.#history.view(),
      analysis: this.analysis,
      weights: this.#weights,
      link: this.link,
      log: this.#log.entries(),
    };
  }

  /** Carries out a client's command; every client sees the effect. */
  async run(command: Command): Promise<void> {
    try {
      const note = await runCommand(this.#connected(), command);
      this.#note({ ...note, origin: 'panel' });
    } catch (error) {
      const view = errorView(error);
      this.#observer.error(view.code);
      this.#note({ level: 'error', origin: 'panel', code: view.code, text: view.message });
      throw error;
    } finally {
      if (this.device.state === 'connected') await this.#readParameters().catch(() => {});
    }
  }

  #connected(): Headset {
    if (this.#headset && this.device.state === 'connected') return this.#headset;
    throw new AncError(
      'NOT_CONNECTED',
      `the headset at ${this.device.uri} is ${this.device.state}`,
    );
  }

  #attach(headset: Headset): void {
    this.#headset = headset;
    this.#unlisten = headset.listen({
      state: (state, reason) => this.#stateChanged(state, reason),
      telemetry: (telemetry) => this.#telemetryCame(telemetry),
      signals: (frame) => this.#analyser?.signals(frame),
      log: (event) => this.#deviceLogged(event),
    });
    this.#stateChanged(headset.state, null);
  }

  #connectFailed(error: unknown): void {
    const view = errorView(error);
    if (this.device.reason?.message === view.message) return;
    this.#observer.error(view.code);
    this.#setState('disconnected', view);
  }

  #stateChanged(state: HeadsetState, reason: ErrorView | null): void {
    const was = this.device.state;
    const next: ConnectionState = state === 'closed' ? 'disconnected' : state;
    if (reason) this.#observer.error(reason.code);
    if (next === was && reason?.message === this.device.reason?.message) return;
    if (next !== 'connected') {
      this.#housekeeping.stop();
      this.#weightsReader.stop();
      this.#forgetFigures();
      this.#setState(next, reason ?? this.device.reason);
      return;
    }
    this.#setState('connected', null);
    void this.#begin(was);
  }

  /** A figure is only true of a headset that is there; the curves stay to be looked at. */
  #forgetFigures(): void {
    if (!this.analysis) return;
    this.analysis = { ...this.analysis, headline: null, octaves: [] };
    this.#send({ type: 'analysis', analysis: this.analysis });
  }

  async #begin(was: ConnectionState): Promise<void> {
    const headset = this.#headset!;
    if (was === 'reconnecting' || (was === 'disconnected' && this.telemetry !== null)) {
      this.#meter.reconnects += 1;
    }
    this.#meter.restart();
    this.#supply.restart();
    const { sampleRateHz } = headset.info;
    if (this.#analyser && this.#sampleRateHz === sampleRateHz) this.#analyser.restart();
    else this.#analyser = new Analyser(sampleRateHz, () => this.#segmentDone());
    this.#sampleRateHz = sampleRateHz;
    this.#send({
      type: 'dictionary',
      groups: headset.groups,
      dictionary: headset.dictionary,
    });
    try {
      await headset.setSignalChannels(this.#supply.channels);
      await this.#readParameters();
    } catch (error) {
      this.#pollFailed(error);
    }
    this.#housekeeping.start();
    this.#weightsReader.start();
  }

  #setState(state: ConnectionState, reason: ErrorView | null): void {
    this.device = {
      state,
      uri: this.device.uri,
      reason,
      sinceMs: Date.now(),
      lastSeenMs: this.telemetry?.timeMs ?? null,
      info: this.#headset?.info ?? this.device.info,
    };
    this.#send({ type: 'device', device: this.device });
    const text = reason ? `${state}: ${reason.message}` : state;
    const level = state === 'connected' ? 'info' : 'warning';
    this.#note({ level, origin: 'server', code: reason?.code ?? state, text });
  }

  #telemetryCame(telemetry: Telemetry): void {
    const timeMs = Date.now();
    this.telemetry = telemetryView(telemetry, timeMs);
    this.#analyser?.telemetry(telemetry);
    const levels = this.#history.add({
      timeMs,
      reference: telemetry.referenceMeanSquare,
      error: telemetry.errorMeanSquare,
      off: telemetry.disturbanceMeanSquare,
      output: telemetry.outputMeanSquare,
      attenuationDb: this.analysis?.headline?.db ?? NaN,
    });
    if (levels) this.#send({ type: 'telemetry', telemetry: this.telemetry, levels });
  }

  #segmentDone(): void {
    this.analysis = this.#analyser!.view(true);
    this.#send({ type: 'analysis', analysis: this.analysis });
  }

  #deviceLogged({ level, code, text, value }: DeviceLogEvent): void {
    this.#note({ level, origin: 'device', code, text: text || deviceLogText(code, value) });
  }

  #note(entry: Omit<LogEntry, 'id' | 'timeMs'>): void {
    const added = this.#log.add({ ...entry, timeMs: Date.now() });
    this.#send({ type: 'log', entries: [added] });
  }

  async #readParameters(): Promise<void> {
    const changed = this.parameters.update(await this.#connected().listParameters());
    if (changed.length > 0) this.#send({ type: 'parameters', parameters: changed });
  }

  async #keepHouse(): Promise<void> {
    try {
      const headset = this.#connected();
      const startMs = performance.now();
      const counters = await headset.readDeviceCounters();
      const roundTripMs = performance.now() - startMs;
      this.#observer.roundTrip(roundTripMs / 1000);
      this.#meter.add(roundTripMs, counters);
      this.link = this.#meter.view(Date.now(), headset.linkCounters(), this.#supply.share);
      this.#send({ type: 'link', link: this.link });
      // Others may tune the same headset: their changes show here within a second.
      await this.#readParameters();
      await this.#checkSupply(headset);
    } catch (error) {
      this.#pollFailed(error);
    }
  }

  async #checkSupply(headset: Headset): Promise<void> {
    const analyser = this.#analyser!;
    const supply = this.#supply;
    const received = analyser.segmenter.receivedSamples;
    if (supply.check(received, this.#sampleRateHz, performance.now())) {
      await headset.setSignalChannels(supply.channels);
      this.#note({ origin: 'server', ...supply.note });
    }
    if (supply.channels === 0) {
      this.analysis = analyser.view(false);
      this.#send({ type: 'analysis', analysis: this.analysis });
    }
  }

  async #readWeights(): Promise<void> {
    if (!this.hasViewers() || this.device.state !== 'connected') return;
    try {
      const weights = await this.#connected().readWeights();
      this.#weights = {
        timeMs: Date.now(),
        sampleRateHz: this.#sampleRateHz,
        weights: Array.from(weights, (w) => Number(w.toPrecision(4))),
      };
      this.#send({ type: 'weights', weights: this.#weights });
    } catch (error) {
      this.#pollFailed(error);
    }
  }

  /** A poll is repeated anyway: counted, not logged. */
  #pollFailed(error: unknown): void {
    this.#observer.error(errorView(error).code);
  }
}
