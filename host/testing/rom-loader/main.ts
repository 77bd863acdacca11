/**
 * The emulated chip by hand, for any flashing tool:
 *   node host/setup/rom-loader.mjs --chip ESP32-C3 --flash flash.bin --size 4 --tcp 0 --pty /tmp/chip.pty --download
 * A line of JSON says where it is. SIGUSR1 presses reset, SIGUSR2 resets it into the loader.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EmulatedChip } from './chip.ts';
import { parseFault } from './faults.ts';
import { identities } from './identities.ts';
import { serveRfc2217 } from './rfc2217.ts';
import { type Served, servePty, serveTcp } from './serve.ts';
import { virtualFirmware } from './virtual-firmware.ts';

/** Beside the source, from which this program is not run. */
const bridge = join(process.cwd(), 'host/testing/rom-loader/pty-bridge.c');

const { values } = parseArgs({
  options: {
    chip: { type: 'string', default: 'ESP32-C3' },
    flash: { type: 'string' },
    size: { type: 'string', default: '4' },
    tcp: { type: 'string' },
    rfc2217: { type: 'string' },
    pty: { type: 'string' },
    lines: { type: 'string', default: 'bridge' },
    download: { type: 'boolean', default: false },
    protected: { type: 'boolean', default: false },
    fault: { type: 'string', multiple: true, default: [] },
    firmware: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const help = `An ESP32 with its ROM loader, its stub and its flash, as a process.

  --chip NAME        ${identities.map(({ family }) => family).join(', ')}
  --flash FILE       contents of the flash; made when absent (default: in memory)
  --size MB          of the flash
  --tcp PORT         plain bytes on 127.0.0.1; 0 takes any port
  --rfc2217 PORT     with baud rate, DTR and RTS (RFC 2217)
  --pty LINK         a pseudo-terminal
  --lines KIND       bridge or usb: how DTR and RTS reach the chip
  --download         start in the loader, as with the boot button held
  --protected        the flash chip's write-protect pin is held
  --fault SPEC       drop|corrupt|hang|disconnect@in|out|step|reply|written:N; may be given again
  --firmware         a bootable image starts a virtual headset
`;

function tell(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(help);
  const chip = new EmulatedChip({
    chip: values.chip,
    sizeBytes: Number(values.size) * 2 ** 20,
    ...(values.flash ? { path: values.flash } : {}),
    faults: values.fault.map(parseFault),
    isProtected: values.protected,
    download: values.download,
    lines: values.lines === 'usb' ? 'usb' : 'bridge',
    ...(values.firmware ? { startFirmware: virtualFirmware() } : {}),
  });
  const served: Served[] = [];
  if (values.tcp !== undefined) served.push(await serveTcp(chip, Number(values.tcp)));
  if (values.rfc2217 !== undefined) served.push(await serveRfc2217(chip, Number(values.rfc2217)));
  if (values.pty) served.push(await servePty(chip, values.pty, bridge));
  tell({
    event: 'listening',
    pid: process.pid,
    chip: values.chip,
    uris: served.map(({ uri }) => uri),
  });
  process.on('SIGUSR1', () => chip.reset(false));
  process.on('SIGUSR2', () => chip.reset(true));
  const end = async () => {
    chip.close();
    await Promise.all(served.map((one) => one.close()));
    process.exit(0);
  };
  process.once('SIGINT', () => void end());
  process.once('SIGTERM', () => void end());
}

await main();
