import { closeSync, existsSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AncError } from '@anc/link';
import { openOwn, queryOptions, saidError, startProgram, type Started } from './own-headset.ts';
import { builtFile } from './sim.ts';
import { type Transport, uriInvalid } from './transport.ts';

/** The instruction sets that there is an image for, with the extensions of QEMU's own that are not theirs. */
const isas = {
  rv32imc: 'rv32,a=false,f=false,d=false',
  rv32imac: 'rv32,f=false,d=false',
  rv32imafc: 'rv32,d=false',
} as const;
export type Isa = keyof typeof isas;
export const emulatedIsas = Object.keys(isas) as Isa[];

/** Of one of the machine's two flash chips. */
const flashBytes = 32 << 20;
const machineMiB = 64;

/** The image of an instruction set. Errors: QEMU_NOT_BUILT. */
export function emulatedImage(isa: Isa): string {
  const inTree = join('firmware', 'build', isa, 'anc-firmware.elf');
  const image = builtFile(inTree);
  if (!image) throw new AncError('QEMU_NOT_BUILT', `there is no ${inTree}`);
  return image;
}

/** In QEMU's option lists a comma ends a value, two of them are one. */
function quoted(value: string): string {
  return value.replaceAll(',', ',,');
}

/** A file that holds the flash, made when it is not there. Sparse: only what is erased takes room. Errors: FLASH_INVALID. */
function flashFile(given: string): string {
  const path = resolve(given);
  try {
    if (!existsSync(path)) {
      const file = openSync(path, 'wx');
      ftruncateSync(file, flashBytes);
      closeSync(file);
    }
    const { size } = statSync(path);
    if (size === flashBytes) return path;
    throw new AncError('FLASH_INVALID', `${path} has ${size} bytes, the flash ${flashBytes}`);
  } catch (cause) {
    if (cause instanceof AncError) throw cause;
    throw new AncError('FLASH_INVALID', `the flash cannot be kept in ${path}`, { cause });
  }
}

const flashTakenStatus = 75;

/** What is put before the program so that nobody else uses the flash, and its option for it. */
function flashOptions(given: string | null): { lock: string[]; drive: string } {
  const drive = 'if=pflash,unit=1';
  // Writes go nowhere, but the chip remembers them while it has power.
  if (given === null)
    return { lock: [], drive: `${drive},driver=null-co,read-zeroes=on,size=${flashBytes}` };
  const file = flashFile(given);
  return {
    lock: ['flock', '--no-fork', '--nonblock', '--conflict-exit-code', `${flashTakenStatus}`, file],
    drive: `${drive},format=raw,file=${quoted(file)}`,
  };
}

interface Wishes {
  readonly port: string;
  readonly flash: string | null;
  /** For the firmware, a line each. */
  readonly lines: readonly string[];
}

function wishesOf(options: readonly (readonly [string, string | null])[]): Wishes {
  const given = (wanted: string) => options.find(([name]) => name === wanted)?.[1] ?? null;
  const port = given('tcp') ?? '0';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw new AncError('OPTION_INVALID', `tcp takes a port 0..65535, not '${port}'`);
  const lines = options
    .filter(([name]) => name !== 'tcp' && name !== 'flash')
    .map(([name, value]) => (value === null ? name : `${name}=${value}`));
  if (lines.some((line) => /[\n\0]/.test(line)))
    throw new AncError('OPTION_INVALID', 'an option of an emulated chip has one line');
  return { port, flash: given('flash'), lines };
}

function failure(said: string, how: string): AncError {
  if (/^(setpriv|flock): failed to execute/.test(said))
    return new AncError('QEMU_NOT_FOUND', said.trim().replace(/^\w+: /, ''));
  if (how.endsWith(`status ${flashTakenStatus}`))
    return new AncError('DEVICE_BUSY', 'another emulated chip has the same flash file');
  const words = said.trim().split('\n').at(-1) || how;
  return saidError(said) ?? new AncError('QEMU_FAILED', `the emulated chip: ${words}`);
}

/**
 * Starts a chip, which waits for its first connection. It ends with the thread that called this, whatever ends that: the
 * kernel sees to it. Options: `tcp` a port, `flash` a file, all others are the firmware's (docs/emulated-chips.md).
 */
export function startEmulatedChip(
  isa: Isa,
  options: readonly (readonly [string, string | null])[],
): Promise<Started> {
  const { port, flash, lines } = wishesOf(options);
  const { lock, drive } = flashOptions(flash);
  const image = emulatedImage(isa);
  const qemu = process.env['ANC_QEMU'] ?? 'qemu-system-riscv32';
  const machine = ['-M', 'virt', '-cpu', isas[isa], '-m', `${machineMiB}M`];
  // The kernel is not loaded beside a second flash chip; its arguments are handed over all the same.
  const software = ['-bios', image, '-kernel', image, '-append', lines.join('\n')];
  const console = ['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'];
  const socket = `socket,id=link,host=127.0.0.1,port=${port},server=on,wait=on,nodelay=on`;
  const link = [
    ...['-global', 'virtio-mmio.force-legacy=false', '-device', 'virtio-serial-device'],
    ...['-chardev', socket, '-device', 'virtserialport,chardev=link,nr=1'],
  ];
  return startProgram({
    command: 'setpriv',
    args: [
      ...['--pdeathsig', 'KILL', '--', ...lock, qemu, '-nodefaults', '-display', 'none'],
      ...[...machine, ...software, ...console, ...link, '-drive', drive],
    ],
    missing: (cause) =>
      new AncError('QEMU_NOT_FOUND', `setpriv cannot be started: ${cause.message}`, { cause }),
    failed: failure,
    address: /waiting for connection on: disconnected:tcp:([^,]+)/,
    running: /"event":"started"/,
  });
}

/**
 * `qemu:ISA[?OPTIONS]`: the firmware on an emulated chip of one's own. As a virtual headset, it outlives the connection by
 * some seconds, and a restart ends the connection.
 * Errors: DEVICE_URI_INVALID, QEMU_NOT_FOUND, QEMU_NOT_BUILT, QEMU_FAILED, FLASH_INVALID, DEVICE_BUSY, those of its options.
 */
export async function openQemu(uri: string, signal?: AbortSignal): Promise<Transport> {
  const isa = emulatedIsas.find((name) => new RegExp(`^qemu:${name}(\\?|$)`).test(uri));
  if (!isa) throw uriInvalid(uri, emulatedIsas.map((name) => `qemu:${name}`).join(', '));
  const start = () => startEmulatedChip(isa, queryOptions(uri));
  return openOwn(uri, `emulated ${isa} chip`, start, signal);
}
