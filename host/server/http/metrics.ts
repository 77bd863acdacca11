import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Monitor, MonitorObserver } from '../monitor/monitor.ts';
import type { Guard, Mode } from '../panel-protocol.ts';

const modes: readonly Mode[] = ['off', 'transparency', 'anc'];
const guards: readonly Guard[] = ['normal', 'frozen', 'rolledBack', 'muted'];

/** Prometheus' view of the headset: counters are fed, everything else is read from the monitor at each scrape. */
export class Metrics implements MonitorObserver {
  readonly registry = new Registry();
  #monitor: Monitor | null = null;
  #errors = new Counter({
    name: 'anc_errors_total',
    help: 'Errors met by the server, by code',
    labelNames: ['code'],
    registers: [this.registry],
  });
  #latency = new Histogram({
    name: 'anc_latency_seconds',
    help: 'Round trip of a request over the link to the headset and back',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1],
    registers: [this.registry],
  });

  constructor() {
    this.#gauge('anc_connected', 'Whether the headset is connected', [], (set, monitor) =>
      set({}, monitor.device.state === 'connected' ? 1 : 0),
    );
    this.#gauge(
      'anc_cancellation_db',
      'Attenuation at the error microphone, off minus on, positive is quieter; Welch on the headset’s samples, off estimated by its model of the secondary path',
      ['band'],
      (set, { device, analysis }) => {
        if (device.state !== 'connected' || !analysis) return;
        const figures = analysis.headline ? [analysis.headline] : [];
        for (const { band, db } of [...analysis.octaves, ...figures]) set({ band }, db);
      },
    );
    this.#gauge(
      'anc_level_dbfs',
      'RMS level at the newest telemetry, dBFS re full-scale square wave',
      ['signal'],
      (set, { telemetry }) => {
        if (!telemetry) return;
        set({ signal: 'reference' }, telemetry.referenceDb);
        set({ signal: 'error' }, telemetry.errorDb);
        set({ signal: 'output' }, telemetry.outputDb);
        set({ signal: 'disturbance' }, telemetry.offDb);
      },
    );
    this.#gauge(
      'anc_cpu_share',
      'Share of the audio budget used, 0 to 1',
      [],
      (set, { telemetry }) => {
        if (telemetry) set({}, telemetry.cpuShare);
      },
    );
    this.#gauge('anc_mode', '1 for the present mode', ['mode'], (set, { telemetry }) => {
      if (telemetry) for (const mode of modes) set({ mode }, telemetry.mode === mode ? 1 : 0);
    });
    this.#gauge(
      'anc_guard',
      '1 for the present state of the supervisor',
      ['guard'],
      (set, { telemetry }) => {
        if (!telemetry) return;
        for (const guard of guards) set({ guard }, telemetry.guard === guard ? 1 : 0);
      },
    );
    this.#total(
      'anc_link_dropped_total',
      'Event frames lost on the link, by message',
      ['message'],
      ({ link }) =>
        Object.entries(link?.lost ?? {}).map(([message, count]) => [{ message }, count]),
    );
    this.#total('anc_link_damaged_total', 'Damaged frames received', [], ({ link }) => [
      [{}, link?.damaged ?? 0],
    ]);
    this.#total(
      'anc_link_reconnects_total',
      'Reconnections since the server’s start',
      [],
      ({ link }) => [[{}, link?.reconnects ?? 0]],
    );
    this.#total('anc_clipped_samples_total', 'Clipped microphone samples', [], ({ telemetry }) => [
      [{}, telemetry?.clippedSamples ?? 0],
    ]);
    this.#total(
      'anc_rollbacks_total',
      'Roll-backs by the supervisor since the headset’s start',
      [],
      ({ telemetry }) => [[{}, telemetry?.rollbacks ?? 0]],
    );
  }

  watch(monitor: Monitor): void {
    this.#monitor = monitor;
  }

  roundTrip(seconds: number): void {
    this.#latency.observe(seconds);
  }

  error(code: string): void {
    this.#errors.inc({ code });
  }

  #gauge(
    name: string,
    help: string,
    labelNames: string[],
    read: (set: (labels: Record<string, string>, value: number) => void, monitor: Monitor) => void,
  ): void {
    const monitor = () => this.#monitor;
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        const watched = monitor();
        if (watched) read((labels, value) => this.set(labels, value), watched);
      },
    });
  }

  /** A counter whose total somebody else keeps. */
  #total(
    name: string,
    help: string,
    labelNames: string[],
    read: (monitor: Monitor) => [Record<string, string>, number][],
  ): void {
    const monitor = () => this.#monitor;
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        const watched = monitor();
        if (watched) for (const [labels, total] of read(watched)) this.inc(labels, total);
      },
    });
  }
}
