import {
  defaultSettings,
  type NoiseEvent,
  type SessionSettings,
  type SessionStats,
} from '../../../host/sessions/protocol/index.ts';
import type { JitterStats } from '../audio/jitter-buffer.ts';
import type { Levels } from '../measure/before-after.ts';
import type { LatencyTable } from '../measure/latency-log.ts';
import type { Spectra } from '../measure/spectra.ts';
import type { PageError } from '../shared/page-error.ts';

export type Topic = 'session' | 'settings' | 'levels' | 'spectra' | 'latency' | 'stats' | 'noise';

export type Mode = 'server' | 'local';

export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly why: string };

/** What a running session, of either mode, is told by the page. */
export interface Run {
  change(settings: Partial<SessionSettings>): void;
  setMuted(isMuted: boolean): void;
  setSwapped(isSwapped: boolean): void;
  stop(): Promise<void>;
}

export interface MicrophoneView {
  readonly label: string;
  readonly channels: 1 | 2;
  readonly latencyMs: number | null;
  readonly processing: readonly string[];
}

export interface RunView {
  readonly phase: Phase;
  readonly error: PageError | null;
  /** a remark that is no error: resumed, draining, ended by its owner */
  readonly remark: string;
  readonly ability: string;
  readonly microphone: MicrophoneView | null;
}

const idle: RunView = {
  phase: { kind: 'idle' },
  error: null,
  remark: '',
  ability: '',
  microphone: null,
};

/** All that the live page knows; each change is an event by its topic. */
export class LiveStore extends EventTarget {
  mode: Mode = 'server';
  view: RunView = idle;
  settings: SessionSettings = defaultSettings;
  deviceId: string | null = null;
  /** A/B: off is an intensity of 0, so that both ways have the same delay and level */
  isOn = true;
  isMuted = true;
  isSwapped = false;
  levels: Levels | null = null;
  spectra: Spectra | null = null;
  latency: LatencyTable | null = null;
  jitter: JitterStats | null = null;
  stats: SessionStats | null = null;
  /** chunks that were not sent, because the network was away or slow */
  unsent = 0;
  noise: NoiseEvent | null = null;
  run: Run | null = null;

  get isRunning(): boolean {
    return this.view.phase.kind === 'running' || this.view.phase.kind === 'reconnecting';
  }

  /** What a run is given: an intensity of 0 while the canceller is off. */
  get effectiveSettings(): SessionSettings {
    return this.isOn ? this.settings : { ...this.settings, intensity: 0 };
  }

  show(change: Partial<RunView>): void {
    this.view = { ...this.view, ...change };
    this.changed('session');
  }

  change(settings: Partial<SessionSettings>): void {
    this.settings = { ...this.settings, ...settings };
    const isLevelled = 'intensity' in settings && !this.isOn;
    this.run?.change(isLevelled ? { ...settings, intensity: 0 } : settings);
    this.changed('settings');
  }

  setOn(isOn: boolean): void {
    this.isOn = isOn;
    this.run?.change({ intensity: this.effectiveSettings.intensity });
    this.changed('settings');
  }

  setMuted(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.run?.setMuted(isMuted);
    this.changed('settings');
  }

  setSwapped(isSwapped: boolean): void {
    this.isSwapped = isSwapped;
    this.run?.setSwapped(isSwapped);
    this.changed('settings');
  }

  /** Figures of the last run are nobody’s. */
  clearFigures(): void {
    this.levels = null;
    this.spectra = null;
    this.latency = null;
    this.jitter = null;
    this.stats = null;
    this.unsent = 0;
    this.noise = null;
    this.changed('levels', 'spectra', 'latency', 'stats', 'noise');
  }

  changed(...topics: Topic[]): void {
    for (const topic of topics) this.dispatchEvent(new Event(topic));
  }
}

export const store = new LiveStore();
