/** What a user does wrong, and what is said about it: code, exit status, and no stack trace. */
import { createServer } from 'node:net';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWav } from '../../dsp-reference/src/index.ts';
import { Device } from '../device/index.ts';
import { VirtualHeadset } from '../testing/virtual-headset.ts';
import { anc, CLI_MISSING } from './testing.ts';

describe.skipIf(CLI_MISSING)('bad input', { timeout: 30_000 }, () => {
  const headset = new VirtualHeadset();
  const file = (name: string) => join(headset.folder, name);

  function writePaths(name: string, change: (paths: Record<string, never>) => void): void {
    const response = (length: number) => ({
      t0: 0,
      ir: Array.from({ length }, (_, i) => (i === 3 ? 0.5 : 0)),
    });
    const paths = {
      id: 'x',
      sample_rate: 48000,
      primary: response(32),
      secondary: response(32),
      feedback: response(8),
    };
    change(paths as unknown as Record<string, never>);
    // JSON has no NaN, but the tools that write such files do.
    writeFileSync(file(name), JSON.stringify(paths).replace('"NaN"', 'NaN'));
  }

  beforeAll(async () => {
    await headset.start();
    const wav = encodeWav({ sampleRateHz: 48000, channels: [new Float64Array(48000).fill(0.1)] });
    writeFileSync(file('cut.wav'), wav.subarray(0, 5000));
    writeFileSync(file('text.wav'), 'no sound at all, only words');
    const sound = (name: string, sampleRateHz: number, value: number) =>
      writeFileSync(
        file(name),
        encodeWav({ sampleRateHz, channels: [new Float64Array(4800).fill(value)] }, 'float32'),
      );
    sound('sound.wav', 48000, 0.1);
    sound('silent.wav', 48000, 0);
    sound('slow.wav', 16000, 0.1);
    sound('nan.wav', 48000, NaN);
    sound('huge.wav', 48000, 1e30);
    writeFileSync(
      file('empty.wav'),
      encodeWav({ sampleRateHz: 48000, channels: [new Float64Array(0)] }),
    );
    writePaths('rate.json', (paths) => Object.assign(paths, { sample_rate: 44100 }));
    writePaths(
      'nan.json',
      (paths) => ((paths['primary'] as unknown as { ir: unknown[] }).ir[7] = 'NaN'),
    );
    writePaths('missing.json', (paths) => delete (paths as Record<string, unknown>)['secondary']);
    writeFileSync(file('cut.json'), '{"sample_rate": 48000, "primary"');
    writeFileSync(file('capture.txt'), '# anc capture 1\n> 1.0 zz\n');
    writeFileSync(file('backup.json'), '{"anc":1,"parameters":{"taps":512,"stepSize":9}}');
  });
  afterAll(() => headset.remove());

  type Case = readonly [what: string, args: () => readonly string[], code: string, exit: number];
  const on =
    (...args: string[]) =>
    () => [...args, '--device', headset.tcpUri];
  const simulated =
    (...args: string[]) =>
    () => ['simulate', '--seconds', '1', ...args];
  const sim =
    (...args: string[]) =>
    () => ['sim', '--seconds', '0.1', '--speed', 'max', ...args];

  const cancel =
    (reference: string, primary: string, ...args: string[]) =>
    () => ['cancel', '--reference', file(reference), '--primary', file(primary), ...args];

  const enhance =
    (primary: string, ...args: string[]) =>
    () => ['cancel', '--line-enhancer', '--primary', file(primary), ...args];

  const bound =
    (...args: string[]) =>
    () => ['bound', '--seconds', '1', '--taps', '64', ...args];

  const cases: readonly Case[] = [
    ['unknown parameter', on('params', 'set', 'stepsise', '1'), 'UNKNOWN_PARAMETER', 2],
    ['out of range', on('params', 'set', 'taps', '5000'), 'PARAMETER_OUT_OF_RANGE', 2],
    ['wrong type', on('params', 'set', 'taps', 'many'), 'PARAMETER_TYPE', 2],
    ['no such mode', on('mode', 'loud'), 'PARAMETER_TYPE', 2],
    [
      'a backup with a wrong value',
      () => ['params', 'import', file('backup.json'), '--device', headset.tcpUri],
      'PARAMETER_OUT_OF_RANGE',
      2,
    ],
    [
      'a backup that is none',
      () => ['params', 'import', file('capture.txt'), '--device', headset.tcpUri],
      'FILE_INVALID',
      2,
    ],
    ['unknown verb', () => ['dance'], 'USAGE', 2],
    ['unknown option', () => ['info', '--loud'], 'USAGE', 2],
    ['missing argument', () => ['params', 'set', 'taps'], 'USAGE', 2],
    ['no URI', () => ['info', '--device', 'headset'], 'DEVICE_URI_INVALID', 2],
    ['nothing there', () => ['info', '--device', 'tcp://127.0.0.1:1'], 'DEVICE_NOT_FOUND', 3],
    ['no such port', () => ['info', '--device', 'serial:///dev/ttyNONE'], 'DEVICE_NOT_FOUND', 3],
    ['a cut-off recording', () => simulated('--noise', file('cut.wav'))(), 'WAV_TRUNCATED', 2],
    [
      'a cut-off recording, virtual headset',
      () => ['info', '--device', `sim:?noise=${file('cut.wav')}`],
      'WAV_TRUNCATED',
      2,
    ],
    [
      'a panel for a headset that cannot be',
      () => ['serve', '--port', '0', '--device', `sim:?noise=${file('cut.wav')}`],
      'WAV_TRUNCATED',
      2,
    ],
    [
      'a folder of firmware that is not there',
      () => ['serve', '--port', '0', '--firmware', file('nowhere'), '--device', 'sim:'],
      'FILE_UNREADABLE',
      2,
    ],
    ['no recording', () => simulated('--noise', file('text.wav'))(), 'WAV_INVALID', 2],
    ['paths at another rate', () => simulated('--paths', file('rate.json'))(), 'PATH_RATE', 2],
    ['paths with NaN', () => simulated('--paths', file('nan.json'))(), 'PATH_INVALID', 2],
    ['paths that lack one', () => simulated('--paths', file('missing.json'))(), 'PATH_INVALID', 2],
    ['paths cut off', () => simulated('--paths', file('cut.json'))(), 'PATH_UNREADABLE', 2],
    [
      'paths at another rate, virtual headset',
      () => sim('--paths', file('rate.json'))(),
      'PATH_RATE',
      2,
    ],
    [
      'paths with NaN, virtual headset',
      () => sim('--paths', file('nan.json'))(),
      'PATH_INVALID',
      2,
    ],
    [
      'paths cut off, virtual headset',
      () => sim('--paths', file('cut.json'))(),
      'PATH_UNREADABLE',
      2,
    ],
    ['a fault that is none', sim('--fault', 'burn=1'), 'OPTION_INVALID', 2],
    ['a fault that ends before it begins', sim('--fault', 'drop=0.1@5-2'), 'OPTION_INVALID', 2],
    ['a setting out of range', sim('--set', 'stepSize=1'), 'OPTION_INVALID', 2],
    ['a level above full scale', sim('--level-db', '3'), 'OPTION_INVALID', 2],
    ['an unknown board', sim('--board', 'toaster'), 'BOARD_UNKNOWN', 2],
    ['no such algorithm', simulated('--algorithm', 'magic'), 'SIMULATION_INVALID', 2],
    [
      'an algorithm that is not in integers',
      simulated('--algorithm', 'hybrid', '--engine', 'integer'),
      'SIMULATION_INVALID',
      2,
    ],
    ['no such arithmetic', simulated('--engine', 'f64'), 'USAGE', 2],
    [
      'a path that the core has no room for',
      simulated('--engine', 'f32', '--secondary-model', 'none', '--latency', '4500'),
      'CORE_OPTION_INVALID',
      2,
    ],
    ['no such excitation', simulated('--identify', 'shout'), 'EXCITATION_UNKNOWN', 2],
    ['an unknown setting', simulated('--set', 'tabs=3'), 'SETTING_INVALID', 2],
    ['a noise that is none', simulated('--noise', 'brown'), 'NOISE_UNKNOWN', 2],
    [
      'a report where nothing can be',
      () => simulated('--html', file('sound.wav/report.html'))(),
      'FILE_UNWRITABLE',
      2,
    ],
    [
      'sounds where nothing can be',
      () => simulated('--wav', file('sound.wav'))(),
      'FILE_UNWRITABLE',
      2,
    ],
    ['cancel without a primary', () => ['cancel', '--reference', file('sound.wav')], 'USAGE', 2],
    ['cancel with a silent reference', cancel('silent.wav', 'sound.wav'), 'CANCEL_SILENT', 2],
    ['cancel with a silent primary', cancel('sound.wav', 'silent.wav'), 'CANCEL_SILENT', 2],
    ['cancel at two rates', cancel('slow.wav', 'sound.wav'), 'CANCEL_RATE', 2],
    ['cancel without samples', cancel('empty.wav', 'sound.wav'), 'CANCEL_EMPTY', 2],
    ['cancel with NaN', cancel('nan.wav', 'sound.wav'), 'WAV_INVALID', 2],
    ['cancel without a file', cancel('none.wav', 'sound.wav'), 'WAV_UNREADABLE', 2],
    ['cancel with a cut-off file', cancel('cut.wav', 'sound.wav'), 'WAV_TRUNCATED', 2],
    ['cancel by no engine', cancel('sound.wav', 'sound.wav', '--engine', 'q7'), 'USAGE', 2],
    ['cancel with step 3', cancel('sound.wav', 'sound.wav', '--step', '3'), 'USAGE', 2],
    ['cancel with half a tap', cancel('sound.wav', 'sound.wav', '--taps', '0.5'), 'USAGE', 2],
    [
      'cancel over its own input',
      () => cancel('sound.wav', 'sound.wav', '--out', file('sound.wav'))(),
      'USAGE',
      2,
    ],
    [
      'cancel with 100 taps in integers',
      cancel('sound.wav', 'sound.wav', '--engine', 'q31', '--taps', '100'),
      'CORE_OPTION_INVALID',
      2,
    ],
    [
      'leakage that the engine has not',
      cancel('sound.wav', 'sound.wav', '--engine', 'q15', '--leak', '0.1'),
      'CANCEL_OPTION',
      2,
    ],
    [
      'cancel with one microphone alone',
      () => ['cancel', '--primary', file('sound.wav')],
      'USAGE',
      2,
    ],
    [
      'a line enhancer with a reference',
      enhance('sound.wav', '--reference', file('sound.wav')),
      'USAGE',
      2,
    ],
    ['a delay without line enhancer', cancel('sound.wav', 'sound.wav', '--delay', '9'), 'USAGE', 2],
    ['a line enhancer without delay', enhance('sound.wav', '--delay', '0'), 'USAGE', 2],
    ['a line enhancer of silence', enhance('silent.wav'), 'CANCEL_SILENT', 2],
    ['a line enhancer of nothing', enhance('empty.wav'), 'CANCEL_EMPTY', 2],
    [
      'fdaf with 100 taps',
      cancel('sound.wav', 'sound.wav', '--engine', 'fdaf', '--taps', '100'),
      'CANCEL_OPTION',
      2,
    ],
    [
      'a line enhancer with 100 taps in single precision',
      enhance('sound.wav', '--engine', 'f32', '--taps', '100'),
      'CORE_OPTION_INVALID',
      2,
    ],
    [
      'both parts into one file',
      () => enhance('sound.wav', '--out', file('a.wav'), '--out-periodic', file('a.wav'))(),
      'USAGE',
      2,
    ],
    ['a bound drawn into no plot', bound('--plot', 'limits.png'), 'USAGE', 2],
    [
      'a bound drawn where nothing can be',
      () => bound('--plot', file('sound.wav/limits.svg'))(),
      'FILE_UNWRITABLE',
      2,
    ],
    ['a bound on paths with NaN', () => bound('--paths', file('nan.json'))(), 'PATH_INVALID', 2],
    ['a bound for silence', () => bound('--noise', file('silent.wav'))(), 'BOUND_INVALID', 2],
    ['a bound for a moment', () => bound('--noise', file('sound.wav'))(), 'BOUND_INVALID', 2],
    ['a bound without taps', bound('--taps', '0'), 'USAGE', 2],
    ['a bound above full scale', bound('--level-db', '3'), 'USAGE', 2],
    ['a malformed capture', () => ['parse', file('capture.txt')], 'CAPTURE_INVALID', 2],
    ['no capture', () => ['parse', file('none.txt')], 'FILE_UNREADABLE', 2],
    ['no such shell', () => ['completion', 'tcsh'], 'USAGE', 2],
  ];

  test.each(cases)('%s', async (_, args, code, exit) => {
    const outcome = await anc(args());
    expect(outcome.stderr).toContain(`error[${code}]: `);
    expect(outcome.stderr).toContain('hint: ');
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(outcome.code).toBe(exit);
  });

  test('a malformed frame is called damaged', async () => {
    const { code, stdout } = await anc(['parse'], { input: '09 01 02 00' });
    expect([code, stdout]).toEqual([0, 'damaged frame (cobs)\n']);
  });

  test('errors are JSON when JSON is asked for', async () => {
    const { stderr } = await anc([
      'params',
      'set',
      'taps',
      '5000',
      '--device',
      headset.tcpUri,
      '--json',
    ]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'PARAMETER_OUT_OF_RANGE', hint: expect.any(String) as string },
    });
  });

  test.each(['tcp', 'pty'] as const)('a headset in use, %s', async (kind) => {
    const uri = kind === 'tcp' ? headset.tcpUri : headset.ptyUri;
    const holder = await Device.connect(uri, { reconnect: false });
    const { code, stderr } = await anc(['info', '--device', uri]);
    await holder.close();
    expect(stderr).toContain('error[DEVICE_BUSY]');
    expect(code).toBe(4);
  });

  test('a port in use', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const port = String((blocker.address() as AddressInfo).port);
    const { code, stderr } = await anc(['serve', '--device', headset.tcpUri, '--port', port]);
    blocker.close();
    expect(stderr).toContain('error[PORT_IN_USE]');
    expect(code).toBe(2);
  });
});
