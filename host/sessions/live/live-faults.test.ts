/** What goes wrong on the way, and that the sound goes on. */
import type { Worker } from 'node:worker_threads';
import { coreFile } from '@anc/wasm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LiveRig } from '../testing/live-rig.ts';
import { refusedUpgrade } from '../testing/live-client.ts';
import { type LiveSecond, noMetrics } from './index.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: live faults, because the core is not built\n');

const chunk = new Float32Array(512).map((_, i) => 0.2 * Math.sin(i / 5));

describe.skipIf(!isBuilt)('live sessions', { timeout: 15_000 }, () => {
  let rig: LiveRig;
  const workers: Worker[] = [];
  const errors = new Map<string, number>();
  const seconds: LiveSecond[] = [];
  const collect = (worker: Worker) => workers.push(worker);

  beforeAll(async () => {
    process.on('worker', collect);
    rig = await LiveRig.start({
      speed: 100,
      workers: 2,
      graceMs: 700,
      idleMs: 1800,
      progressMs: 1000,
      metrics: {
        ...noMetrics,
        error: (code, count) => errors.set(code, (errors.get(code) ?? 0) + count),
        second: (figures) => seconds.push({ ...figures, latenciesMs: figures.latenciesMs.slice() }),
      },
    });
  });
  afterEach(async () => {
    await Promise.all(rig.live.list().map(({ sessionId }) => rig.live.end(sessionId)));
  });
  afterAll(async () => {
    process.off('worker', collect);
    await rig.close();
  });

  const statsOf = (sessionId: string) => rig.live.get(sessionId)!.stats;

  it('a full queue drops the oldest and counts', async () => {
    const client = await rig.open({ bufferSize: 2 });
    const { sessionId } = await client.message('ready');
    for (let i = 0; i < 40; i += 1) client.sendFrame({ sequence: i, samples: chunk });
    await client.until(() => client.frames.at(-1)?.sequence === 39, 'newest answer');
    const { chunksDropped, chunksProcessed } = statsOf(sessionId);
    expect(chunksDropped).toBeGreaterThan(0);
    expect(chunksProcessed + chunksDropped).toBe(40);
    const sequences = client.frames.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(sequences.length).toBe(chunksProcessed);
  });

  it('lost chunks are filled with silence up to a bound, late ones refused', async () => {
    const client = await rig.open({ bufferSize: 32, sampleFormat: 'int16' });
    const { sessionId } = await client.message('ready');
    const send = (sequence: number) =>
      client.sendFrame({ sequence, samples: chunk, sampleFormat: 'int16', capturedAtMs: sequence });
    for (const sequence of [0, 1, 4, 3, 5, 100, 101]) send(sequence);
    await client.until(() => client.frames.at(-1)?.sequence === 101, 'last answer');
    expect(client.frames.map(({ sequence, filled }) => (filled ? -sequence : sequence))).toEqual([
      0, 1, -2, -3, 4, 5, 100, 101,
    ]);
    const [filled] = client.frames.filter((frame) => frame.filled);
    expect(filled!.samples).toEqual(new Float32Array(512));
    expect(statsOf(sessionId)).toMatchObject({
      chunksProcessed: 6,
      chunksFilled: 2,
      chunksRefused: 1,
      chunksDropped: 0,
    });
  });

  it('a client that comes back goes on with what was learned', async () => {
    const sessionId = rig.directory.create('user', { channels: 2, stepSize: 0.5, bufferSize: 32 });
    const random = Float32Array.from({ length: 100 * 1024 }, () => Math.random() - 0.5);
    // the noise of both channels is the same
    for (let i = 0; i < random.length; i += 2) random[i] = random[i + 1]!;
    const rms = (values: Float32Array) => Math.hypot(...values) / Math.sqrt(values.length);
    const first = await rig.connect(sessionId);
    expect((await first.message('ready')).resumed).toBe(false);
    const learned = await first.play(random, { channels: 2 });
    expect(rms(learned.subarray(0, 512))).toBeGreaterThan(0.1);
    expect(rms(learned.subarray(-512))).toBeLessThan(0.001);
    first.socket.terminate();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(rig.live.get(sessionId)).toMatchObject({ isConnected: false, address: null });
    const second = await rig.connect(sessionId);
    expect((await second.message('ready')).resumed).toBe(true);
    const resumed = await second.play(random.subarray(0, 4096), { channels: 2 });
    expect(rms(resumed.subarray(0, 512))).toBeLessThan(0.001);
    expect(statsOf(sessionId).chunksProcessed).toBe(104);
  });

  it('a session that nobody comes back to is over after its time', async () => {
    const client = await rig.open();
    const { sessionId } = await client.message('ready');
    await client.play(chunk);
    client.socket.terminate();
    await expect.poll(() => rig.live.get(sessionId), { timeout: 4000 }).toBeNull();
    expect(rig.directory.endings.at(-1)).toMatchObject({
      sessionId,
      reason: 'idle',
      last: { stats: { chunksProcessed: 1 } },
    });
  });

  it('a second connection replaces the first', async () => {
    const sessionId = rig.directory.create('user');
    const first = await rig.connect(sessionId);
    const second = await rig.connect(sessionId);
    expect((await first.message('ended')).reason).toBe('replaced');
    await first.until(() => first.closed !== null, 'close');
    expect(first.closed).toEqual({ code: 1000, reason: 'replaced' });
    await second.play(chunk);
    expect(rig.live.sessionCount).toBe(1);
  });

  it('a killed worker interrupts nobody: chunks go past, then through another filter', async () => {
    const clients = await Promise.all(
      Array.from({ length: 6 }, () => rig.open({ bufferSize: 32, stepSize: 0.3 })),
    );
    for (const client of clients) await client.play(chunk);
    const sent = clients.map(() => 1);
    const timer = setInterval(() => {
      clients.forEach((client, i) => {
        client.sendFrame({ sequence: sent[i]!, samples: chunk });
        sent[i]! += 1;
      });
    }, 2);
    const before = rig.live.workers.map(({ sessions }) => sessions);
    expect(before).toEqual([3, 3]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Both at once, so that there is none to go on with.
    await Promise.all(workers.slice(-2).map((worker) => worker.terminate()));
    await expect
      .poll(() => clients.every(({ frames }) => frames.some(({ bypassed }) => bypassed)))
      .toBe(true);
    await expect
      .poll(() => clients.every(({ frames }) => !frames.at(-1)!.bypassed), { timeout: 8000 })
      .toBe(true);
    clearInterval(timer);
    for (const [i, client] of clients.entries()) {
      await client.until(() => client.frames.at(-1)!.sequence === sent[i]! - 1, 'last answer');
      expect(client.closed).toBeNull();
      // No chunk was lost, none came twice, all in order.
      expect(client.frames.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: sent[i]! }, (_, k) => k),
      );
      const passed = client.frames.find(({ bypassed }) => bypassed)!;
      expect(passed.samples).toEqual(chunk);
    }
    expect(errors.get('WORKER_LOST')).toBe(2);
    expect(errors.get('CHUNK_BYPASSED')).toBe(
      clients.reduce(
        (sum, { frames }) => sum + frames.filter(({ bypassed }) => bypassed).length,
        0,
      ),
    );
    expect(rig.live.workers.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(6);
  });

  it('a client that does not read loses the oldest, and the server’s memory stays bounded', async () => {
    const client = await rig.open({ bufferSize: 32, intensity: 0 });
    const { sessionId } = await client.message('ready');
    const long = new Float32Array(4096).fill(0.1);
    const stream = (client.socket as unknown as { _socket: { pause(): void; resume(): void } })
      ._socket;
    stream.pause();
    let sequence = 0;
    // The kernel's buffers of both ends take some megabytes.
    while (statsOf(sessionId).chunksDropped < 20 && sequence < 3000) {
      for (let i = 0; i < 20; i += 1, sequence += 1) client.sendFrame({ sequence, samples: long });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(statsOf(sessionId).chunksDropped).toBeGreaterThanOrEqual(20);
    stream.resume();
    await client.until(() => client.frames.at(-1)?.sequence === sequence - 1, 'newest answer');
    expect(client.frames.length).toBeLessThan(sequence);
  });

  it('tells figures each second, progress and kinds of noise', async () => {
    seconds.length = 0;
    rig.directory.progressed.length = 0;
    const client = await rig.open({ channels: 2, stepSize: 0.5, bufferSize: 32 });
    const { sessionId } = await client.message('ready');
    const noise = Float32Array.from({ length: 2 * 48 * 4096 }, () => 0.2 * (Math.random() - 0.5));
    // 66 dB below it the primary has noise of its own
    for (let i = 0; i < noise.length; i += 2) noise[i] = noise[i + 1]! + noise[i]! / 2000;
    await client.play(noise, { channels: 2 });
    const stats = await client.message('stats', ({ cancellationDb }) => cancellationDb !== null);
    expect(stats.inputDbfs).toBeCloseTo(20 * Math.log10(0.2 / Math.sqrt(12)), 0);
    expect(stats.cancellationDb).toBeGreaterThan(40);
    expect(stats.cancellationDb).toBeCloseTo(stats.inputDbfs! - stats.outputDbfs!, 1);
    const { queueMs, filterMs, totalMs } = stats.latency;
    expect(filterMs.p50).toBeGreaterThan(0);
    expect(totalMs.p50).toBeGreaterThanOrEqual(Math.max(queueMs.p50, filterMs.p50));
    const { event } = await client.message('noise');
    expect(event).toMatchObject({ kind: 'broadband', emergency: false });
    expect(rig.directory.noises.at(-1)).toEqual({ sessionId, event });
    await expect.poll(() => rig.directory.progressed.length, { timeout: 4000 }).toBeGreaterThan(0);
    const [{ progress } = { progress: null }] = rig.directory.progressed;
    expect(progress!.bands.map(({ centreHz }) => centreHz)).toEqual([
      63, 125, 250, 500, 1000, 2000, 4000, 8000,
    ]);
    // white noise: 3 dB more an octave, and 8 kHz has 5.7 to 11.3 of 24 kHz
    const { inputDbfs, outputDbfs } = progress!.bands[7]!;
    expect(inputDbfs! - stats.inputDbfs!).toBeCloseTo(10 * Math.log10(5.657 / 24), 0);
    expect(inputDbfs! - outputDbfs!).toBeGreaterThan(40);
    expect(
      seconds.some(({ processed, latenciesMs }) => processed > 0 && latenciesMs.length > 0),
    ).toBe(true);
  });

  it('trouble of the directory never stops the audio', async () => {
    const progress = rig.directory.progress.bind(rig.directory);
    rig.directory.progress = () => Promise.reject(new Error('no database'));
    const client = await rig.open();
    await client.play(chunk);
    await expect
      .poll(() => errors.get('DIRECTORY_FAILED') ?? 0, { timeout: 4000 })
      .toBeGreaterThan(0);
    rig.directory.progress = progress;
    await client.play(chunk);
    expect(client.closed).toBeNull();
  });

  it('a silent connection is over after its time', async () => {
    const client = await rig.open();
    await client.until(() => client.closed !== null, 'close');
    expect(client.messages.at(-1)).toMatchObject({ type: 'ended', reason: 'idle' });
  });

  it('settings and the end come from the owner too', async () => {
    const client = await rig.open();
    const { sessionId } = await client.message('ready');
    expect(rig.live.settings(sessionId, { intensity: 0.5 })!.intensity).toBe(0.5);
    expect((await client.message('settings')).settings.intensity).toBe(0.5);
    expect(() => rig.live.settings(sessionId, { taps: 1024 })).toThrow('cannot change');
    expect(rig.live.settings('none', {})).toBeNull();
    expect(await rig.live.end(sessionId)).toBe(true);
    expect(await rig.live.end(sessionId)).toBe(false);
    expect((await client.message('ended')).reason).toBe('owner');
    await client.until(() => client.closed !== null, 'close');
    expect(client.closed!.code).toBe(1000);
  });

  it('draining: told, no new ones, those that end are waited for, the others closed at the deadline', async () => {
    const own = await LiveRig.start({ workers: 1 });
    const [ends, stays] = [await own.open(), await own.open()];
    const drained = own.live.drain(400);
    expect(await stays.message('draining')).toMatchObject({ deadlineMs: 400 });
    const id = own.directory.create('user');
    const ticket = `ticket.${own.directory.ticket(id)}`;
    const refused = await refusedUpgrade(own.url(id), ['anc.v1', ticket]);
    expect(refused).toMatchObject({ status: 503, problem: { code: 'DRAINING' } });
    await stays.play(chunk);
    ends.send({ type: 'end' });
    await ends.until(() => ends.closed !== null, 'close');
    expect(stays.closed).toBeNull();
    await drained;
    await stays.until(() => stays.closed !== null, 'close');
    expect(stays.closed).toEqual({ code: 1001, reason: 'shutdown' });
    expect(own.directory.endings.map(({ reason }) => reason)).toEqual(['client', 'shutdown']);
    await own.close();
  });
});
