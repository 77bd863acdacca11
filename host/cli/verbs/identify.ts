import { AncError, enums, type Excitation } from '@anc/link';
import { Command } from 'commander';
import type { Identified, IdentifyProgress } from '../../device/index.ts';
import { endProgress, note, progress, result } from '../output.ts';
import { type DeviceOptions, useDevice, withDevice } from '../session.ts';

interface Options extends DeviceOptions {
  excitation: string;
  seconds: string;
  maxDriveDb: string;
  apply?: true;
}

export function within(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new AncError('USAGE', `--${name} takes ${min} to ${max}, not '${text}'`);
}

export function excitationNamed(text: string): Excitation {
  if (Object.hasOwn(enums.excitation, text)) return text as Excitation;
  const names = Object.keys(enums.excitation).join(', ');
  throw new AncError('USAGE', `--excitation takes ${names}, not '${text}'`);
}

export function progressText({ phase, share, driveDb, levelDb, erleDb }: IdentifyProgress): string {
  const percent = share > 0 ? ` ${(100 * share).toFixed(0)} %` : '';
  const erle = erleDb === null ? '' : `, ERLE ${erleDb.toFixed(1)} dB`;
  return `${phase}${percent}: drive ${driveDb.toFixed(1)} dBFS, error microphone ${levelDb.toFixed(1)} dBFS${erle}`;
}

function text(found: Identified, sampleRateHz: number, applied: number | null): string {
  const { erleDb, driveDb, backgroundDb, delaySamples, modelTaps, octaves, suggested } = found;
  const row = (cells: readonly (number | string)[]) =>
    cells.map((cell) => String(cell).padStart(6)).join('');
  const delayMs = ((1000 * delaySamples) / sampleRateHz).toFixed(2);
  return [
    `ERLE ${erleDb.toFixed(1)} dB, drive ${driveDb.toFixed(1)} dBFS, background ${backgroundDb.toFixed(1)} dBFS`,
    `delay ${delaySamples} samples (${delayMs} ms), response of ${modelTaps} taps behind it`,
    `octave, Hz      ${row(octaves.map(({ centreHz }) => centreHz))}`,
    `confidence, dB  ${row(octaves.map(({ signalToErrorDb }) => signalToErrorDb.toFixed(0)))}`,
    applied === null
      ? `suggested: stepSize ${suggested.stepSize}, taps ${suggested.taps} (--apply sets stepSize)`
      : `stepSize is ${applied} now; suggested taps ${suggested.taps}`,
  ].join('\n');
}

export function identify(): Command {
  return withDevice(new Command('identify'))
    .description('play a test sound and measure the path to the error microphone')
    .option('--excitation <kind>', 'white, mls or sweep', 'white')
    .option('--seconds <s>', 'of measuring, 1 to 10', '4')
    .option('--max-drive-db <db>', 'loudest the sound may become, RMS, -60 to -6 dBFS', '-20')
    .option('--apply', 'set the suggested stepSize')
    .action((options: Options) => {
      const wanted = {
        excitation: excitationNamed(options.excitation),
        seconds: within('seconds', options.seconds, 1, 10),
        maxDriveDb: within('max-drive-db', options.maxDriveDb, -60, -6),
      };
      return useDevice(options, async (device, signal) => {
        let isTold = false;
        const onProgress = (now: IdentifyProgress) => {
          if (!isTold) note('listening; a test sound follows, Ctrl-C ends it');
          isTold = true;
          progress(progressText(now));
        };
        const found = await device.identify(wanted, onProgress, signal);
        endProgress();
        const applied = options.apply
          ? Number(await device.setParameter('stepSize', found.suggested.stepSize))
          : null;
        result({ ...found, applied: applied === null ? null : { stepSize: applied } }, () =>
          text(found, device.info.sampleRateHz, applied),
        );
        note('the headset keeps the model until it restarts');
      });
    });
}
