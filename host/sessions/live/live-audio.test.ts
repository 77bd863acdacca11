/** Sound through whole sessions: sockets, queues, workers, the core. */
import { coherenceBound, noiseSource } from '@anc/dsp-reference';
import { coreFile, loadCore } from '@anc/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joined } from '../testing/live-client.ts';
import { LiveRig } from '../testing/live-rig.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: live audio, because the core is not built\n');

const rate = 48_000;
/** in samples, whole blocks */
const seconds = (count: number) => Math.round((count * rate) / 512) * 512;
/** the whole queue may be filled at once, so that no chunk is dropped */
const patient = { bufferSize: 32, bypassMl: true } as const;

const power = (values: ArrayLike<number>, from = 0) => {
  let sum = 0;
  for (let i = from; i < values.length; i += 1) sum += values[i]! * values[i]!;
  return sum / (values.length - from);
};
const decibels = (ratio: number) => 10 * Math.log10(ratio);

const white = (length: number, rms: number, seed: number) => {
  const next = noiseSource('white', seed);
  return Float32Array.from({ length }, () => rms * next());
};

/** 96 taps that decay, the first 20 of them nothing: a path from one microphone to the other. */
function throughPath(x: Float32Array): Float32Array {
  const taps = Array.from({ length: 96 }, (_, k) =>
    k < 20 ? 0 : Math.cos(0.9 * k) * Math.exp(-(k - 20) / 15),
  );
  return x.map((_, n) => taps.reduce((sum, tap, k) => sum + tap * (x[n - k] ?? 0), 0));
}

const interleaved = (primary: Float32Array, reference: Float32Array) =>
  Float32Array.from({ length: 2 * primary.length }, (_, i) =>
    i % 2 === 0 ? primary[i >> 1]! : reference[i >> 1]!,
  );

describe.skipIf(!isBuilt)('sound of live sessions', { timeout: 20_000 }, () => {
  let rig: LiveRig;
  beforeAll(async () => {
    rig = await LiveRig.start({ speed: 1000 });
  });
  afterAll(() => rig.close());

  describe('two channels', () => {
    // The listener's sound is 25 dB below the noise in the primary; each input has its own noise, 60 dB below.
    const length = seconds(6);
    const source = white(length, 0.05, 1);
    const noise = throughPath(source);
    const own = Math.sqrt(power(noise)) / 1000;
    const amplitude = Math.sqrt((2 * power(noise)) / 10 ** 2.5);
    const wanted = Float32Array.from(
      { length },
      (_, n) => amplitude * Math.sin((2 * Math.PI * 440 * n) / rate),
    );
    const input = white(length, own, 2);
    const primary = noise.map((v, n) => v + wanted[n]! + input[n]!);
    const reference = white(length, own, 3).map((v, n) => v + source[n]!);
    const half = length / 2;
    const improvementDb = (output: Float32Array) =>
      decibels(
        power(
          noise.map((v, n) => v + input[n]!),
          half,
        ),
      ) -
      decibels(
        power(
          output.map((v, n) => v - wanted[n]!),
          half,
        ),
      );
    const boundDb = coherenceBound(
      Float64Array.from(reference.subarray(half)),
      Float64Array.from(noise.subarray(half), (v, n) => v + input[half + n]!),
      rate,
    )!.boundDb;

    it('the coherence of the scene allows 45 dB', () => {
      expect(boundDb).toBeGreaterThan(45);
    });

    it.each([
      ['fdaf', 'float32'],
      ['fdaf', 'int16'],
      ['nlms', 'float32'],
      ['nlms-q31', 'float32'],
      ['nlms-q15', 'float32'],
    ] as const)('%s, %s: 35 dB better signal to noise', async (algorithm, sampleFormat) => {
      const client = await rig.open({ ...patient, algorithm, channels: 2, stepSize: 0.04 });
      const output = await client.play(interleaved(primary, reference), {
        channels: 2,
        sampleFormat,
      });
      const improvement = improvementDb(output);
      expect(improvement).toBeGreaterThan(35);
      expect(improvement).toBeLessThan(boundDb + 1);
      expect(client.frames.at(-1)).toMatchObject({ channels: 1, sampleFormat, bypassed: false });
      await client.close();
    });

    it('is the core’s own result to the bit', async () => {
      const settings = { ...patient, channels: 2, stepSize: 0.3, taps: 1024 } as const;
      const client = await rig.open(settings);
      const [p, r] = [primary.subarray(0, 20 * 512), reference.subarray(0, 20 * 512)];
      const output = await client.play(interleaved(p, r), { channels: 2 });
      const core = await loadCore();
      const direct = core.createFdaf({ taps: 1024, stepSize: 0.3, epsilon: 1e-9 });
      for (let at = 0; at < p.length; at += 512) {
        direct.primary.set(p.subarray(at, at + 512));
        direct.reference.set(r.subarray(at, at + 512));
        direct.process();
        expect([...output.subarray(at, at + 512)]).toEqual([...direct.error]);
      }
      await client.close();
    });

    it('intensity 0.9 leaves a tenth of the noise, 20 dB, at once', async () => {
      const client = await rig.open({ ...patient, channels: 2, stepSize: 0.04 });
      await client.play(interleaved(primary, reference), { channels: 2 });
      client.send({ type: 'settings', settings: { intensity: 0.9 } });
      await client.message('settings', ({ settings }) => settings.intensity === 0.9);
      const [p, r] = [primary.subarray(0, seconds(1)), reference.subarray(0, seconds(1))];
      const output = await client.play(interleaved(p, r), { channels: 2 });
      const left = output.map((v, n) => v - wanted[n]!);
      expect(decibels(power(noise.subarray(0, seconds(1))) / power(left, 4096))).toBeCloseTo(20, 0);
      await client.close();
    });
  });

  describe('one channel', () => {
    const length = seconds(6);
    const hiss = white(length, 0.01, 4);
    const hum = Float32Array.from(
      { length },
      (_, n) =>
        0.05 * [100, 200, 1000].reduce((s, hz) => s + Math.sin((2 * Math.PI * hz * n) / rate), 0),
    );
    const input = hum.map((v, n) => v + hiss[n]!);

    it.each([
      ['fdaf', 2048],
      ['nlms', 1024],
    ] as const)('%s: hum goes, hiss stays', async (algorithm, taps) => {
      const client = await rig.open({ ...patient, algorithm, taps, stepSize: 0.02 });
      const output = await client.play(input);
      const half = length / 2;
      const cancelledDb = decibels(
        power(hum, half) /
          power(
            output.map((v, n) => v - hiss[n]!),
            half,
          ),
      );
      expect(cancelledDb).toBeGreaterThan(25);
      expect(Math.abs(decibels(power(output, half) / power(hiss, half)))).toBeLessThan(1);
      await client.close();
    });

    it.each([
      [480, 480],
      [100, 508],
      [1024, 0],
      [4096, 0],
    ])('chunks of %i samples come back %i samples later', async (chunk, delay) => {
      const client = await rig.open({ ...patient, intensity: 0 });
      const sound = input.subarray(0, 10 * Math.max(512, chunk));
      const output = await client.play(sound, {}, chunk);
      expect(output.length).toBe(sound.length);
      expect(output.subarray(0, delay).every((v) => v === 0)).toBe(true);
      expect([...output.subarray(delay)]).toEqual([...sound.subarray(0, sound.length - delay)]);
      await client.close();
    });

    it('chunks of changing sizes lose no sample', async () => {
      const client = await rig.open({ ...patient, intensity: 0 });
      const sizes = [512, 512, 256, 512, 96, 1000, 7, 64, 512, 4096, 1];
      let at = 0;
      const parts: Float32Array[] = [];
      for (const size of sizes) {
        parts.push(await client.play(input.subarray(at, at + size), {}, size));
        at += size;
      }
      const output = joined(parts);
      expect(output.length).toBe(at);
      // 511 samples of silence came in on the way, no sample went.
      const sounds = output.filter((v) => v !== 0);
      expect([...sounds]).toEqual([...input.subarray(0, sounds.length)]);
      expect(sounds.length).toBeGreaterThanOrEqual(at - 511);
      await client.close();
    });
  });

  it('JSON chunks give the samples of binary ones', async () => {
    const samples = white(6 * 512, 0.1, 5);
    const [binary, text] = [await rig.open(patient), await rig.open(patient)];
    const wanted = await binary.play(samples);
    const parts: Float32Array[] = [];
    for (let at = 0; at < samples.length; at += 512) {
      const { buffer } = samples.slice(at, at + 512);
      const audio_data = Buffer.from(buffer).toString('base64');
      text.send({ type: 'audio_chunk', audio_data, timestamp: at });
      const answer = await text.message('processed_chunk', ({ timestamp }) => timestamp === at);
      expect(answer.sequence).toBe(at / 512);
      expect(answer.latency_ms).toBeGreaterThan(0);
      parts.push(new Float32Array(new Uint8Array(Buffer.from(answer.audio_data, 'base64')).buffer));
    }
    expect([...joined(parts)]).toEqual([...wanted]);
    await Promise.all([binary.close(), text.close()]);
  });
});
