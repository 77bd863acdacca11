import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveRig } from '../testing/live-rig.ts';

describe('live', () => {
  let rig: LiveRig;
  beforeAll(async () => {
    rig = await LiveRig.start();
  });
  afterAll(() => rig.close());

  it('runs', async () => {
    const client = await rig.open({ channels: 2, stepSize: 0.5, bufferSize: 32 });
    const x = () => Math.random() - 0.5;
    let sent = 0;
    let clean = 0;
    for (let b = 0; b < 100; b += 1) {
      const samples = new Float32Array(1024);
      for (let i = 0; i < 512; i += 1) {
        samples[2 * i + 1] = x();
        samples[2 * i] = 0.5 * samples[2 * i + 1]!;
      }
      client.sendFrame({ sequence: b, samples, channels: 2, capturedAtMs: b });
      sent += 1;
      await client.until(() => client.frames.length === sent, 'frame');
    }
    const last = client.frames.at(-1)!;
    for (const v of last.samples) clean += v * v;
    console.log(clean, { ...last, samples: last.samples.length }, rig.live.list()[0]);
    expect(clean).toBeLessThan(1e-6);
    client.send({ type: 'ping', clientMs: 5 });
    await client.message('pong');
    client.send({ type: 'end' });
    await client.message('ended');
    await client.until(() => client.closed !== null, 'close');
    console.log(client.messages.map((m) => JSON.stringify(m)).join('\n'), client.closed);
  });
});
