import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AncError } from '@anc/link';
import { afterEach, describe, expect, test } from 'vitest';
import { VIRTUAL_MISSING, VirtualHeadset } from '../../testing/virtual-headset.ts';
import { Device } from '../device.ts';
import { keep } from './keep.ts';
import {
  applyTuning,
  type Goal,
  readTuning,
  responseOf,
  tune,
  type TuneEvent,
  type Tuning,
} from './index.ts';

if (VIRTUAL_MISSING) process.stderr.write(`skipped: tuning, because ${VIRTUAL_MISSING}\n`);

type ResultOf<S> = Extract<TuneEvent, { step: S; result: unknown }>['result'];

const SPEED = 5;

describe.skipIf(VIRTUAL_MISSING)('tuning', { timeout: 60_000 }, () => {
  let headset: VirtualHeadset;
  let device: Device;
  let events: TuneEvent[];

  const start = async (...options: string[]) => {
    headset = new VirtualHeadset([`--speed=${SPEED}`, ...options]);
    await headset.start();
    device = await connect();
    events = [];
  };
  const connect = () => Device.connect(headset.tcpUri, { cacheDir: join(headset.folder, 'cache') });
  const file = () => join(headset.folder, 'made', 'first.json');

  const run = (
    { goal = 'low-end', maxDriveDb = -20 }: { goal?: Goal; maxDriveDb?: number } = {},
    onEvent: (event: TuneEvent) => void = () => {},
    signal = new AbortController().signal,
  ): Promise<Tuning> =>
    tune(
      device,
      { identify: { seconds: 2, maxDriveDb }, turns: 2, secondsPerTurn: 4 },
      {
        ready: () => Promise.resolve(),
        goal: () => Promise.resolve(goal),
        name: () => Promise.resolve({ name: 'first', file: file() }),
      },
      (event) => {
        events.push(event);
        onEvent(event);
      },
      signal,
    );
  const undone = () => events.find((event) => event.step === 'undo');

  afterEach(async () => {
    await device.close();
    await headset.remove();
  });

  test('from an unknown headset to a stored tuning, and back after a restart', async () => {
    await start('--secondary-model=none');
    const { path, reach, derived, verification, kept, check } = await run();
    expect(check.coherenceDb).toBeGreaterThan(20);
    expect(path.fit).toBe('tight');
    expect(path.polarity).toBe('normal');
    const { attenuationDb, boundDb, within95Db } = verification.band50To1000;
    expect(attenuationDb).toBeGreaterThan(15);
    expect(boundDb - attenuationDb).toBeLessThan(1);
    expect(boundDb - attenuationDb).toBeGreaterThan(-1);
    expect(Math.abs(reach.band50To1000.boundDb - boundDb)).toBeLessThan(2);
    expect(within95Db).toBeGreaterThan(0);
    expect(verification.thirdOctaves).toHaveLength(26);

    const steps = events.filter((e) => 'result' in e).map(({ step }) => step);
    expect(steps).toEqual(['check', 'identify', 'reach', 'settings', 'adapt', 'verify', 'keep']);
    for (const { name, value } of derived.settings)
      expect(await device.getParameter(name)).toMatchObject({ value, stored: value });
    expect((await device.getParameter('mode')).value).toBe('anc');

    // it restarts: the parameters are there, the model only in the file
    await device.close();
    await headset.kill();
    await headset.start();
    device = await connect();
    for (const { name, value } of derived.settings)
      expect((await device.getParameter(name)).value).toBe(value);
    expect(await device.readBlock('secondaryModel')).toHaveLength(0);
    const tuning = await readTuning(kept.file);
    expect(tuning).toMatchObject({
      anc: 1,
      name: 'first',
      goal: 'low-end',
      board: 'virtual-lowlatency',
    });
    expect((await applyTuning(device, tuning)).refused).toEqual([]);
    expect(responseOf(await device.readBlock('secondaryModel'))).toEqual(path.secondary);
  });

  /** Ends it where `step` begins, and returns what was found until then. */
  const runUntil = async (step: TuneEvent['step'], goal: Goal = 'low-end') => {
    const interrupt = new AbortController();
    const reason = new AncError('INTERRUPTED', 'interrupted');
    const onEvent = (event: TuneEvent) => {
      if (event.step === step && !('result' in event)) interrupt.abort(reason);
    };
    await expect(run({ goal }, onEvent, interrupt.signal)).rejects.toBe(reason);
    return <S extends TuneEvent['step']>(of: S): ResultOf<S> => {
      const event = events.find((e) => e.step === of && 'result' in e);
      return (event as unknown as { result: ResultOf<S> }).result;
    };
  };

  test('a loose fit is recognised, and the goal robust follows it', async () => {
    await start('--paths=builtin:loose', '--secondary-model=none');
    const found = await runUntil('adapt', 'robust');
    expect(found('identify').fit).toBe('slightly loose');
    expect(found('identify').lowLossDb).toBeGreaterThan(5);
    const values = Object.fromEntries(
      found('settings').settings.map(({ name, value }) => [name, value]),
    );
    expect(values).toMatchObject({ followPath: true, divergenceThresholdDb: 3, taps: 1024 });
    // half of it; both are rounded to steps of 0.0001
    const half = found('identify').identified.suggested.stepSize / 2;
    expect(Math.abs(Number(values['stepSize']) - half)).toBeLessThan(0.0001);
  });

  test('a wrong polarity is told and corrected', async () => {
    await start('--fault=sign-flip'); // the model that the headset comes with is the right way round
    const found = await runUntil('verify');
    expect(found('identify').polarity).toBe('turned');
    expect(found('adapt').attenuationDb).toBeGreaterThan(5);
  });

  test('without a model to compare with it is told, too', async () => {
    await start('--fault=sign-flip', '--secondary-model=none');
    const found = await runUntil('reach');
    expect(found('identify').polarity).toBe('inverted');
    expect(undone()).toMatchObject({ result: { mode: 'off', model: 'new' } });
  });

  test.each([
    ['a dead reference microphone', ['--fault=ref-silent'], 'TUNE_REFERENCE_SILENT'],
    ['a dead error microphone', ['--fault=err-silent'], 'TUNE_ERROR_SILENT'],
    ['a reference microphone that clips', ['--fault=ref-clip=-20'], 'TUNE_CLIPPED'],
    ['noise that clips both', ['--level-db=-3'], 'TUNE_CLIPPED'],
    ['no noise', ['--level-db=-95'], 'TUNE_TOO_QUIET'],
    [
      'microphones that hear nothing in common',
      ['--mic-noise-db=-20', '--level-db=-40'],
      'TUNE_UNRELATED',
    ],
    ['an unplugged loudspeaker', ['--fault=speaker-silent'], 'TUNE_SPEAKER_UNHEARD'],
    [
      'an unplugged loudspeaker in quiet',
      ['--fault=speaker-silent', '--level-db=-60'],
      'TUNE_SPEAKER_UNHEARD',
    ],
    ['too much background noise', ['--mic-noise-db=-28', '--level-db=-16'], 'TUNE_NOISY'],
    ['a muted output', ['--set=mute=true'], 'TUNE_MUTED'],
  ])('refused: %s', async (_, options, code) => {
    await start('--set=mode=transparency', ...options);
    const model = await device.readBlock('secondaryModel');
    await expect(run()).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/\w/) as string,
    });
    expect(undone()).toMatchObject({ result: { mode: 'transparency', model: 'as before' } });
    expect((await device.getParameter('mode')).value).toBe('transparency');
    expect(await device.readBlock('secondaryModel')).toEqual(model);
    expect(existsSync(file())).toBe(false);
  });

  test.each(['identify', 'adapt'] as const)(
    'ended during %s, the headset is as before',
    async (step) => {
      await start('--set=taps=512', '--set=mode=anc');
      const before = await device.listParameters();
      const model = await device.readBlock('secondaryModel');
      await runUntil(step, 'robust');
      expect(await device.listParameters()).toEqual(before);
      expect(await device.readBlock('secondaryModel')).toEqual(model);
      expect(undone()).toMatchObject({ result: { mode: 'anc', model: 'as before' } });
    },
  );

  test('what cannot be written down is not stored', async () => {
    await start();
    await device.setParameter('taps', 512);
    const folder = join(headset.folder, 'made');
    writeFileSync(folder, 'a file where the folder should be');
    const what = { name: 'first', created: '', goal: 'low-end', measured: null };
    await expect(keep(device, file(), what)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect((await device.getParameter('taps')).stored).toBe(1024);
    expect(readFileSync(folder, 'utf8')).toContain('a file');
  });

  test('a headset that goes away is told to whoever waits', async () => {
    await start();
    const onEvent = ({ step }: TuneEvent) => {
      if (step === 'identify') void headset.kill();
    };
    await expect(run({}, onEvent)).rejects.toMatchObject({ code: /LINK|DEVICE|TRANSPORT/ });
    expect(undone()).toMatchObject({ result: { lost: expect.any(AncError) as AncError } });
  });
});
