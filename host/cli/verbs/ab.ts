import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import type { Compared } from '../../device/index.ts';
import { endProgress, note, progress, result } from '../output.ts';
import {
  type DeviceOptions,
  positiveNumber,
  useDevice,
  wholeNumber,
  withDevice,
} from '../session.ts';

interface Options extends DeviceOptions {
  pairs: string;
  settle: string;
  seconds: string;
  seed?: string;
  folder?: string;
}

interface Row {
  readonly aDb: number;
  readonly bDb: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly isDifferent: boolean;
}

const signed = (value: number) => `${value > 0 ? '+' : ''}${value.toFixed(1)}`;

function row(name: string, { aDb, bDb, mean, low, high, isDifferent }: Row): string {
  const cells = [aDb.toFixed(1), bDb.toFixed(1), signed(mean)].map((cell) => cell.padStart(8));
  const interval = `${signed(low).padStart(7)} to ${signed(high).padStart(5)}`;
  return `${name.padStart(10)}${cells.join('')}${interval}${isDifferent ? '  *' : ''}`;
}

function text(compared: Compared, a: string, b: string): string {
  const { aWeighted, bands, pairs, familyError, rollbacks, seed, sentence } = compared;
  const sure = (100 * (1 - familyError)).toFixed(0);
  return [
    `A: ${a}    B: ${b}`,
    '',
    `      band       A       B   B − A   interval`,
    row('A-weighted', aWeighted),
    ...bands.map((band) => row(`${band.centreHz} Hz`, band)),
    '',
    `Residual levels in dBFS, differences in dB against the reference microphone of the same seconds; ${pairs} pairs, order by`,
    `seed ${seed}. * = differs; all intervals together hold with at least ${sure} %.`,
    ...(rollbacks.a + rollbacks.b > 0
      ? [`The supervisor rolled back ${rollbacks.a} times with A, ${rollbacks.b} times with B.`]
      : []),
    '',
    sentence,
  ].join('\n');
}

export function ab(): Command {
  return withDevice(new Command('ab'))
    .description(
      'two settings in turn on the same noise: which one leaves less, and how sure that is',
    )
    .argument('<a>', 'a profile, device, stored, default, or NAME=VALUE[,NAME=VALUE…]')
    .argument('<b>', 'the same')
    .option('--pairs <n>', 'how often both are measured, 3 to 1000', '10')
    .option('--settle <s>', 'after each change, before measuring', '2')
    .option('--seconds <s>', 'of measuring each', '3')
    .option('--seed <n>', 'of the order in the pairs (default: random, printed)')
    .option('--folder <path>', 'of the profiles')
    .action(async (a: string, b: string, options: Options) => {
      const { compareSettings, profilesFolder, sideOf, sidesDiffer } =
        await import('../../device/index.ts');
      const pairs = wholeNumber('pairs', options.pairs, 3, 1000);
      const settleSeconds = positiveNumber('settle', options.settle);
      const measureSeconds = positiveNumber('seconds', options.seconds);
      const seed = wholeNumber('seed', options.seed ?? String(randomInt(2 ** 32)), 0, 2 ** 32 - 1);
      const folder = profilesFolder(options.folder);
      await useDevice(options, async (device, signal) => {
        const sides = { a: await sideOf(device, a, folder), b: await sideOf(device, b, folder) };
        const seconds = 2 * pairs * (settleSeconds + measureSeconds);
        note(`${pairs} pairs, about ${seconds.toFixed(0)} s; seed ${seed}`);
        const how = { pairs, settleSeconds, measureSeconds, seed, signal };
        const compared = await compareSettings(device, sides, how, (now) =>
          progress(`pair ${now.pair} of ${now.pairs}, half ${now.half}`),
        );
        endProgress();
        const differences = sidesDiffer(sides.a, sides.b);
        result({ a, b, differences, settleSeconds, measureSeconds, ...compared }, () =>
          text(compared, a, b),
        );
      });
    });
}
