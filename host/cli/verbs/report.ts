import { readFile } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { AncError, CaptureWriter } from '@anc/link';
import { Command } from 'commander';
import type { ReportFile } from '../../device/index.ts';
import { writeReport } from '../offline.ts';
import { endProgress, note, progress, result } from '../output.ts';
import { chooseDevice, interruptible, positiveNumber, until, wholeNumber } from '../session.ts';
import { version } from '../version.ts';

interface Options {
  device?: string;
  timeout: string;
  seconds: string;
  serial?: true;
  addCapture?: string;
}

interface Collected {
  readonly files: readonly ReportFile[];
  readonly serialNumber: string;
}

const library = () => import('../../device/index.ts');

/** From the headset, with the frames of the conversation; what goes wrong becomes a file, too. */
async function ofHeadset(options: Options, seconds: number): Promise<Collected> {
  const { Device, failureFile, headsetFiles } = await library();
  const timeoutMs = wholeNumber('timeout', options.timeout, 1, 600_000);
  const frames: string[] = [];
  const writer = new CaptureWriter(
    (text) => frames.push(text),
    () => performance.now(),
  );
  const conversation = () =>
    frames.length < 2
      ? []
      : [
          {
            name: 'frames.txt',
            what: 'every frame of this conversation, for `anc parse`',
            text: frames.join(''),
          },
        ];
  return interruptible(async (signal) => {
    try {
      const uri = await chooseDevice(options.device);
      const capture = (direction: '>' | '<', bytes: Uint8Array) => writer.add(direction, bytes);
      const device = await Device.connect(uri, { reconnect: false, timeoutMs, signal, capture });
      try {
        progress(`listening for ${seconds} s`);
        const listen = (ms: number) => until(signal, ms);
        const files = await headsetFiles(device, listen, 1000 * seconds);
        signal.throwIfAborted();
        return { files: [...files, ...conversation()], serialNumber: device.info.serialNumber };
      } finally {
        await device.close();
      }
    } catch (error) {
      if (signal.aborted || (error as AncError).code === 'USAGE') throw error;
      note(`no headset was asked: ${(error as Error).message}`);
      return { files: [failureFile(error), ...conversation()], serialNumber: '' };
    } finally {
      endProgress();
    }
  });
}

async function captureFile(path: string): Promise<ReportFile> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read ${path}: ${error.message}`);
  });
  return { name: 'capture.txt', what: 'a capture made before', text };
}

function kept(files: readonly ReportFile[], withoutHello: (text: string) => string): ReportFile[] {
  const isCapture = ({ name }: ReportFile) => name === 'frames.txt' || name === 'capture.txt';
  return files.map((file) => (isCapture(file) ? { ...file, text: withoutHello(file.text) } : file));
}

async function make(file: string | undefined, options: Options): Promise<void> {
  const { hostFiles, redactor, withoutHello, zip } = await library();
  const seconds = positiveNumber('seconds', options.seconds);
  const given = options.addCapture ? [await captureFile(options.addCapture)] : [];
  // Before a headset is asked: a file that is no capture is said at once.
  given.forEach(({ text }) => withoutHello(text));
  const { files, serialNumber } = await ofHeadset(options, seconds);
  const all = [...(await hostFiles(version)), ...files, ...given];
  const redact = redactor({
    env: process.env,
    homeFolder: homedir(),
    userName: userInfo().username,
    hostName: hostname(),
    serialNumber: options.serial ? '' : serialNumber,
  });
  const told = options.serial ? all : kept(all, withoutHello);
  const entries = told.map(({ name, what, text }) => {
    return { name, what, bytes: Buffer.from(redact(text)) };
  });
  const now = new Date();
  const day = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const path = file ?? `anc-report-${day}.zip`;
  await writeReport(path, zip(entries, now));
  const listed = entries.map(({ name, what, bytes }) => ({ name, what, bytes: bytes.length }));
  result({ file: path, files: listed }, () =>
    [
      ...listed.map(
        ({ name, what, bytes }) => `${name.padEnd(16)} ${String(bytes).padStart(8)} bytes  ${what}`,
      ),
      '',
      `${path}: look into it before you send it. It has no sound.`,
    ].join('\n'),
  );
}

export function report(): Command {
  return new Command('report')
    .description('one zip for whoever helps: versions, settings, log, link; no secrets, no sound')
    .argument('[file]', 'default: anc-report-DATE.zip here')
    .option('-d, --device <uri>', 'headset (default: ANC_DEVICE, else the only one found)')
    .option('--timeout <ms>', 'how long to wait for the first answer', '3000')
    .option('--seconds <s>', 'how long to listen to telemetry and log', '3')
    .option('--serial', 'with the serial number; else it is replaced by a word made of it')
    .option('--add-capture <file>', 'a capture made before by --capture')
    .action((file: string | undefined, options: Options) => make(file, options));
}
