/** It cancels, with default settings, at a dummy head and at people's ears. `npm run bench -- cancel` prints the table. */
import { DATA_MISSING } from '../dsp-reference/src/testing.ts';
import { describe, expect, test } from 'vitest';
import { VIRTUAL_MISSING } from '../host/testing/virtual-headset.ts';
import { boundForRecording, isStable, measureCancellation } from './cancellation.ts';

const missing = DATA_MISSING || VIRTUAL_MISSING;
if (missing) process.stderr.write(`skipped: cancelling at measured ears, because ${missing}\n`);

const ears = [
  'dummy/az090.json#ear=L',
  'dummy/az090.json#ear=R',
  ...['person001_L', 'person002_R', 'person008_R', 'person012_L', 'person012_R', 'person022_L'].map(
    (id) => `booth/${id}.json`,
  ),
];
const cases = ears.flatMap((ear) =>
  ['train_inside_buenos_aires', 'helicopter_cabin_flight'].map((recording) => ({ ear, recording })),
);
/** 2 dB below the least that was measured. */
const leastDb = 19;
/** How far below the causal Wiener filter for the recording; 0.8 dB is the most that was measured. */
const gapDb = 1.5;

describe.skipIf(missing)('default settings, latency 5 samples, 30 s', { timeout: 60_000 }, () => {
  test.each(cases)('$ear, $recording', async ({ ear, recording }) => {
    const which = { ear, recording, latencySamples: 5, seconds: 30 };
    const result = await measureCancellation(which);
    const bound = await boundForRecording(which);
    expect(result.band50To1000Db).toBeGreaterThan(leastDb);
    expect(result.band50To1000Db).toBeGreaterThan(bound.band50To1000Db - gapDb);
    expect(isStable(result)).toBe(true);
    // What the canceller may add where it cannot cancel is bounded, too.
    for (const { centreHz, attenuationDb } of result.octaves)
      expect(attenuationDb, `${centreHz} Hz`).toBeGreaterThan(0);
  });
});

describe.skipIf(missing)('multirate, a twelfth of the multiplications', { timeout: 60_000 }, () => {
  const among = cases.filter((_, i) => i === 0 || i === 11);
  test.each(among)('$ear, $recording: within 1 dB of 1024 taps', async (which) => {
    const measure = (...settings: string[]) =>
      measureCancellation({ ...which, latencySamples: 5, seconds: 15, settings });
    const multirate = await measure('filterForm=multirate');
    const long = await measure();
    // 0.7 dB is the most that was measured.
    expect(multirate.band50To1000Db).toBeGreaterThan(long.band50To1000Db - 1);
    expect(isStable(multirate)).toBe(true);
    // An FIR of as many multiplications is far from that.
    const short = await measure('taps=96');
    expect(multirate.band50To1000Db).toBeGreaterThan(short.band50To1000Db + 10);
  });
});

describe.skipIf(missing)('FxNLMS, for chips without floating point', { timeout: 60_000 }, () => {
  test.each(cases.slice(0, 4))('$ear, $recording: 15 dB in a minute', async (which) => {
    const settings = ['algorithm=fxnlms'];
    const result = await measureCancellation({
      ...which,
      latencySamples: 5,
      seconds: 60,
      settings,
    });
    expect(result.band50To1000Db).toBeGreaterThan(15);
    expect(isStable(result)).toBe(true);
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
