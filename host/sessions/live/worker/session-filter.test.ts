import { loadCore } from '@anc/wasm';
import { expect, it } from 'vitest';
import { decodeFrame, defaultSettings, encodeFrame } from '../../protocol/index.ts';
import { Batch } from './batch.ts';
import { SessionFilter } from './session-filter.ts';

const samples = Float32Array.from({ length: 512 }, (_, n) => 0.1 * Math.sin(n / 9));

it('levels are of what is answered: silence in place of a lost chunk is in none', async () => {
  const heard: { count: number; inputSquares: number }[] = [];
  const filter = new SessionFilter(await loadCore(), defaultSettings, {
    add: (_input, _output, count, inputSquares) => heard.push({ count, inputSquares }),
  });
  const batch = new Batch();
  const chunk = () => {
    batch.bytes.set(new Uint8Array(encodeFrame({ sequence: 1, samples })));
    filter.run(batch, 0);
  };
  chunk();
  filter.runSilence(512);
  chunk();
  const squares = samples.reduce((sum, v) => sum + v * v, 0);
  expect(heard).toHaveLength(2);
  for (const { count, inputSquares } of heard) {
    expect(count).toBe(512);
    expect(inputSquares).toBeCloseTo(squares, 3);
  }
  expect(decodeFrame(batch.bytes.slice(0, 32 + 4 * 512)).samples).not.toEqual(samples);
  filter.dispose();
});
