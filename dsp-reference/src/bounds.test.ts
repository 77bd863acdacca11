import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readBounds } from './bounds.ts';
import { DATA_MISSING, dataFile } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'anc-bounds-'));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (band: number) => ({ octaves: { 63: band - 1, 125: band }, band_50_1000: band });
const FILE = {
  what: 'for a test',
  paths: { ear: { active_db_by_added_latency_samples: { 0: entry(-20), 10: entry(-10) } } },
};

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe('bounds', () => {
  it('are given as attenuation, between two latencies by a straight line that says so', async () => {
    const bounds = await readBounds(write('good.json', JSON.stringify(FILE)));
    expect(bounds!.boundFor('ear', 0)).toMatchObject({
      tabulated: true,
      band50To1000Db: 20,
      octaves: [
        { centreHz: 63, attenuationDb: 21 },
        { centreHz: 125, attenuationDb: 20 },
      ],
    });
    expect(bounds!.boundFor('ear', 4)).toMatchObject({ tabulated: false, band50To1000Db: 16 });
  });

  it('are null for other paths and longer latencies, and without a file', async () => {
    const bounds = await readBounds(write('good.json', JSON.stringify(FILE)));
    expect(bounds!.boundFor('nose', 0)).toBeNull();
    expect(bounds!.boundFor('ear', 11)).toBeNull();
    expect(await readBounds(join(folder, 'none.json'))).toBeNull();
  });

  it('are refused when the file is no such table', async () => {
    const refusal = expect.objectContaining({ code: 'BOUNDS_INVALID' });
    await expect(readBounds(write('cut.json', '{'))).rejects.toEqual(refusal);
    await expect(readBounds(write('other.json', '{}'))).rejects.toEqual(refusal);
  });

  it.skipIf(DATA_MISSING)('of the measured paths', async () => {
    const bounds = await readBounds(dataFile('paths/bounds.json'));
    const bound = bounds!.boundFor('person001_L', 24);
    expect(bound?.band50To1000Db).toBe(6.8);
    expect(bound?.octaves.map((o) => o.centreHz)).toEqual([63, 125, 250, 500, 1000, 2000]);
  });
});
