import type {
  AnalysisView,
  Command,
  DeviceView,
  LevelColumns,
  LinkView,
  LogEntry,
  ParameterDescription,
  ParameterGroup,
  ParameterState,
  ServerMessage,
  Snapshot,
  TelemetryView,
  WeightsView,
} from '../../host/server/panel-protocol.ts';
import { LevelHistory } from './level-history.ts';

/** What changed; each is an event of the store. */
export type Topic =
  | 'server'
  | 'device'
  | 'dictionary'
  | 'parameters'
  | 'telemetry'
  | 'levels'
  | 'analysis'
  | 'weights'
  | 'link'
  | 'log';

export const topics: readonly Topic[] = [
  'server',
  'device',
  'dictionary',
  'parameters',
  'telemetry',
  'levels',
  'analysis',
  'weights',
  'link',
  'log',
];

const logEntries = 300;

/** All that the panel knows. Charts read it when they draw; elements render again when their topics change. */
export class PanelStore extends EventTarget {
  serverConnected = false;
  device: DeviceView | null = null;
  groups: readonly ParameterGroup[] = [];
  dictionary: readonly ParameterDescription[] = [];
  parameters = new Map<string, ParameterState>();
  telemetry: TelemetryView | null = null;
  analysis: AnalysisView | null = null;
  weights: WeightsView | null = null;
  link: LinkView | null = null;
  log: readonly LogEntry[] = [];
  /** One minute at the telemetry's rate, and a quarter of an hour at 2 Hz. */
  readonly fine = new LevelHistory(60_000);
  readonly coarse = new LevelHistory(15 * 60_000);
  /** Server clock minus this browser's. */
  clockOffsetMs = 0;
  /** Set once there is a connection. */
  send: (command: Command) => Promise<void> = () => Promise.reject(new Error('not connected'));

  get isConnected(): boolean {
    return this.serverConnected && this.device?.state === 'connected';
  }

  setServer(isConnected: boolean): void {
    if (this.serverConnected === isConnected) return;
    this.serverConnected = isConnected;
    this.#changed('server');
  }

  apply(message: ServerMessage): void {
    switch (message.type) {
      case 'snapshot':
        return this.#snapshot(message);
      case 'device':
        this.device = message.device;
        return this.#changed('device');
      case 'dictionary':
        this.groups = message.groups;
        this.dictionary = message.dictionary;
        return this.#changed('dictionary');
      case 'parameters':
        return this.#setParameters(message.parameters);
      case 'telemetry':
        this.telemetry = message.telemetry;
        this.#addLevels(message.levels);
        return this.#changed('telemetry', 'levels');
      case 'analysis':
        this.analysis = message.analysis;
        return this.#changed('analysis');
      case 'weights':
        this.weights = message.weights;
        return this.#changed('weights');
      case 'link':
        this.link = message.link;
        return this.#changed('link');
      case 'log':
        this.log = [...this.log, ...message.entries].slice(-logEntries);
        return this.#changed('log');
    }
  }

  #snapshot(message: Snapshot): void {
    this.clockOffsetMs = message.timeMs - Date.now();
    this.device = message.device;
    this.groups = message.groups;
    this.dictionary = message.dictionary;
    this.parameters = new Map(message.parameters.map((state) => [state.name, state]));
    this.telemetry = message.telemetry;
    this.analysis = message.analysis;
    this.weights = message.weights;
    this.link = message.link;
    this.log = message.log.slice(-logEntries);
    this.fine.replace(message.history.fine);
    this.coarse.replace(message.history.coarse);
    this.#changed(...topics);
  }

  #setParameters(states: readonly ParameterState[]): void {
    for (const state of states) this.parameters.set(state.name, state);
    this.#changed('parameters');
  }

  #addLevels(columns: LevelColumns): void {
    this.fine.append(columns);
    // The server's own coarse ring is only sent with a snapshot; half-second points of the same levels do here.
    const last = this.coarse.lastMs;
    const newest = columns.timeMs.at(-1);
    if (newest !== undefined && (last === null || newest - last >= 500))
      this.coarse.append(columns, 1);
  }

  #changed(...changed: Topic[]): void {
    for (const topic of changed) this.dispatchEvent(new Event(topic));
  }
}

export const store = new PanelStore();
