/** It cancels, with default settings: a dummy head and two people, a train. `npm run bench -- cancel` measures more. */
import { DATA_MISSING } from '../dsp-reference/src/testing.ts';
import { describe, expect, test } from 'vitest';
import { VIRTUAL_MISSING } from '../host/testing/virtual-headset.ts';
import { isStable, measureCancellation } from './cancellation.ts';

const missing = DATA_MISSING || VIRTUAL_MISSING;
if (missing) process.stderr.write(`skipped: cancelling at measured ears, because ${missing}\n`);

describe.skipIf(missing)('default settings, latency 5 samples, 30 s', { timeout: 60_000 }, () => {
  test.each([
    ['dummy/az090.json#ear=L', 'train_inside_buenos_aires', 15],
    ['dummy/az090.json#ear=R', 'helicopter_cabin_flight', 15],
    ['booth/person001_L.json', 'train_inside_buenos_aires', 14],
    ['booth/person012_R.json', 'helicopter_cabin_flight', 14],
  ])('%s, %s: at least %d dB from 50 to 1000 Hz', async (ear, recording, leastDb) => {
    const result = await measureCancellation({ ear, recording, latencySamples: 5, seconds: 30 });
    expect(result.band50To1000Db).toBeGreaterThan(leastDb);
    expect(isStable(result)).toBe(true);
    // What the canceller may add where it cannot cancel is bounded, too.
    for (const { centreHz, attenuationDb } of result.octaves)
      expect(attenuationDb, `${centreHz} Hz`).toBeGreaterThan(-3);
  });
});

describe.skipIf(VIRTUAL_MISSING)('a fault of the plant', { timeout: 30_000 }, () => {
  test.each(['sign-flip', 'swap-path=builtin:loose', 'ref-silent', 'err-silent', 'ref-clip=-30'])(
    '%s in the middle of a run never makes it loud for long',
    async (fault) => {
      const { execFileSync } = await import('node:child_process');
      const { virtualHeadsetProgram } = await import('../host/transports/index.ts');
      const args = ['--set', 'mode=anc', '--speed=max', '--seconds=20', '--fault', `${fault}@8`];
      const printed = execFileSync(virtualHeadsetProgram(), args, { encoding: 'utf8' });
      const { errorOnDb, errorOffDb } = JSON.parse(printed) as {
        errorOnDb: number;
        errorOffDb: number;
      };
      // Over the ten seconds from two seconds after it: never louder than without a canceller by more than 3 dB.
      expect(errorOnDb).toBeLessThan(errorOffDb + 3);
    },
  );
});
