import { describe, expect, it } from 'vitest';
import { encodeFrame, decodeFrame } from '../../../host/sessions/protocol/index.ts';
import { AudioClock } from './audio-clock.ts';
import { ChunkTracker } from './chunk-tracker.ts';
import { ClockOffset } from './clock-offset.ts';
import { LatencyLog, latencyParts } from './latency-log.ts';

const rateHz = 48_000;
const chunkMs = (1000 * 512) / rateHz;
const device = { inputMs: 10, outputMs: 30, heardOffsetMs: 0 };

/** A day on which everything takes exactly as long as it is said here, ms. */
const truth = { hop: 0.5, upload: 4, queue: 0.3, filter: 0.05, download: 6, jitterBuffer: 20 };
const serverOffsetMs = 1_000_000;

function runDay(chunks: number, network: (chunk: number) => number) {
  const log = new LatencyLog();
  const [captured, server] = [new AudioClock(rateHz), new ClockOffset()];
  const tracker = new ChunkTracker(log, captured, server, { sampleRateHz: rateHz });
  const roundTrip = truth.upload + truth.download;
  server.put(0, serverOffsetMs + roundTrip / 2, roundTrip);
  for (let n = 0; n < chunks; n += 1) {
    const firstFrame = 512 * n;
    const sentMs = chunkMs * (n + 1) + truth.hop;
    captured.put(firstFrame + 512, sentMs);
    tracker.sent(n, firstFrame, sentMs);
    const late = network(n);
    const serverMs = sentMs + truth.upload + late;
    const bytes = encodeFrame({
      sequence: n,
      capturedAtMs: sentMs,
      receivedAtMs: serverMs + serverOffsetMs,
      queueMicros: 1000 * truth.queue,
      filterMicros: 1000 * truth.filter,
      samples: new Float32Array(512),
    });
    const receivedMs = serverMs + truth.queue + truth.filter + truth.download;
    tracker.received(decodeFrame(bytes), receivedMs);
    const takenMs = receivedMs + truth.jitterBuffer - late;
    // The page's clock and the audio clock began together; the hop is a part of the capture.
    const frame = Math.round((takenMs * rateHz) / 1000);
    tracker.played(n, frame, takenMs, { ...device, heardOffsetMs: device.outputMs });
  }
  return log.table()!;
}

describe('latency table', () => {
  it('gives every part its time, and the parts add up to what the audio clock says', () => {
    const table = runDay(500, () => 0);
    const of = (part: (typeof latencyParts)[number]) => table.parts[part]!.p50Ms;
    expect(table.chunks).toBe(500);
    expect(Object.keys(table.parts)).toEqual([...latencyParts]);
    expect(of('capture')).toBeCloseTo(device.inputMs + chunkMs, 1);
    // A way of 4 and one of 6 ms look like two of 5: no clock can tell.
    expect(of('upload')).toBeCloseTo(5, 1);
    expect(of('download')).toBeCloseTo(5, 1);
    expect(of('queue')).toBeCloseTo(truth.queue, 3);
    expect(of('filter')).toBeCloseTo(truth.filter, 3);
    expect(of('jitterBuffer')).toBeCloseTo(truth.jitterBuffer, 1);
    expect(of('playback')).toBeCloseTo(device.outputMs, 1);
    expect(Math.abs(table.sumMs - table.total.meanMs)).toBeLessThan(truth.hop + 0.1);
  });

  it('keeps p95 apart from p50 when one chunk in ten is late', () => {
    const table = runDay(500, (n) => (n % 10 === 5 ? 15 : 0));
    expect(table.parts.upload!.p50Ms).toBeCloseTo(5, 1);
    expect(table.parts.upload!.p95Ms).toBeCloseTo(20, 1);
    expect(table.total.p95Ms - table.total.p50Ms).toBeLessThan(0.1);
  });

  it('has nothing to say before a chunk was heard, and forgets old ones', () => {
    const log = new LatencyLog(2);
    expect(log.table()).toBeNull();
    for (const totalMs of [100, 10, 20]) log.put({ parts: { filter: totalMs }, totalMs });
    expect(log.table()!.total.meanMs).toBe(15);
    expect(log.table()!.parts).toEqual({ filter: log.table()!.total });
  });

  it('does not count silence that the server filled in', () => {
    const log = new LatencyLog();
    const tracker = new ChunkTracker(log, new AudioClock(rateHz), new ClockOffset(), {
      sampleRateHz: rateHz,
    });
    tracker.sent(0, 0, 11);
    const filled = { sequence: 0, filled: true, samples: new Float32Array(512) };
    tracker.received(decodeFrame(encodeFrame(filled)), 20);
    tracker.played(0, 1000, 25, device);
    expect(log.table()).toBeNull();
  });
});
