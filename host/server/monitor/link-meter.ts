import type { LinkView } from '../panel-protocol.ts';
import type { DeviceCounters, LinkCounters } from '../headset.ts';
import { rounded } from './levels.ts';

const capacity = 60;

/** Round trips of the last minute, and the counters of both ends. */
export class LinkMeter {
  reconnects = 0;
  #roundTripsMs: number[] = [];
  #device: DeviceCounters = { deviceDamaged: 0, deviceDropped: 0 };

  add(roundTripMs: number, device: DeviceCounters): void {
    this.#roundTripsMs.push(roundTripMs);
    if (this.#roundTripsMs.length > capacity) this.#roundTripsMs.shift();
    this.#device = device;
  }

  restart(): void {
    this.#roundTripsMs = [];
  }

  view(timeMs: number, link: LinkCounters, signalShare: number | null): LinkView {
    const sorted = [...this.#roundTripsMs].sort((a, b) => a - b);
    const quantile = (q: number) =>
      rounded(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!);
    const last = this.#roundTripsMs.at(-1);
    return {
      timeMs,
      roundTripMs:
        last === undefined
          ? null
          : { p50: quantile(0.5), p99: quantile(0.99), last: rounded(last) },
      lost: { ...link.lost },
      damaged: link.damaged,
      ...this.#device,
      reconnects: this.reconnects,
      signalShare: signalShare === null ? null : rounded(signalShare),
    };
  }
}
