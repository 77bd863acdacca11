import { access, constants, readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { asAncError } from '@anc/link';
import { openTransport } from '../transports/index.ts';

export interface DiscoveredDevice {
  readonly uri: string;
  readonly description: string;
  readonly serialNumber: string | null;
  readonly status: 'free' | 'busy' | 'no permission';
}

interface Candidate {
  readonly uri: string;
  readonly path: string;
  readonly description: string;
  readonly serialNumber: string | null;
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Ports with the names that udev gives; without udev by what the kernel has. `list()` of serialport needs udevadm. */
async function serialCandidates(): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  const add = (path: string, description: string, serialNumber: string | null) => {
    if (!found.has(path))
      found.set(path, { uri: `serial://${path}`, path, description, serialNumber });
  };
  try {
    const { SerialPort } = await import('serialport');
    for (const port of await SerialPort.list()) {
      // Motherboard ports without a vendor are no headsets.
      if (port.vendorId)
        add(port.path, port.manufacturer ?? 'USB serial', port.serialNumber ?? null);
    }
  } catch {
    const byId = '/dev/serial/by-id';
    for (const name of await list(byId)) add(await realpath(join(byId, name)), name, null);
    for (const name of await list('/sys/class/tty')) {
      if (!/^tty(USB|ACM)\d+$/.test(name)) continue;
      const product = await readFile(`/sys/class/tty/${name}/device/../product`, 'utf8').catch(
        () => 'USB serial',
      );
      add(`/dev/${name}`, product.trim(), null);
    }
  }
  return [...found.values()];
}

/** Virtual headsets started with `--pty` in one of the folders where links to them are looked for. */
async function ptyCandidates(): Promise<Candidate[]> {
  const folders = [
    process.env['XDG_RUNTIME_DIR'] && join(process.env['XDG_RUNTIME_DIR'], 'anc'),
    '/tmp/anc',
  ];
  const found: Candidate[] = [];
  for (const folder of folders) {
    if (!folder) continue;
    for (const name of await list(folder)) {
      if (!name.endsWith('.pty')) continue;
      const path = join(folder, name);
      // A link that leads nowhere was left by one that was killed.
      const isThere = await access(path).then(
        () => true,
        () => false,
      );
      if (isThere)
        found.push({
          uri: `pty:${path}`,
          path,
          description: 'virtual headset',
          serialNumber: null,
        });
    }
  }
  return found;
}

async function statusOf({ uri, path }: Candidate): Promise<DiscoveredDevice['status']> {
  const mayOpen = await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!mayOpen) return 'no permission';
  try {
    const transport = await openTransport(uri);
    await transport.close();
    return 'free';
  } catch (error) {
    return asAncError(error).code === 'DEVICE_NO_PERMISSION' ? 'no permission' : 'busy';
  }
}

/** Headsets at serial ports, and virtual ones at pseudo-terminals. Each is opened for a moment to know whether it is free. */
export async function discover(): Promise<DiscoveredDevice[]> {
  const candidates = [...(await serialCandidates()), ...(await ptyCandidates())];
  return Promise.all(
    candidates.map(async (candidate) => ({
      uri: candidate.uri,
      description: candidate.description,
      serialNumber: candidate.serialNumber,
      status: await statusOf(candidate),
    })),
  );
}
