import { AncError, asAncError } from '@anc/link';
import { Command } from 'commander';
import { line, note } from '../output.ts';
import { chooseDevice, until, wholeNumber } from '../session.ts';

const defaultPort = 8080;
const portsToTry = 20;

interface Options {
  device?: string;
  port?: string;
  host: string;
  allowHost: string[];
  firmware?: string;
}

async function start(uri: string, { port, host, allowHost, firmware }: Options) {
  const { startServer } = await import('../../server/index.ts');
  const options = {
    deviceUri: uri,
    host,
    allowedHosts: allowHost,
    ...(firmware ? { firmwareDir: firmware } : {}),
  };
  if (port !== undefined)
    return startServer({ ...options, port: wholeNumber('port', port, 0, 65535) });
  // Without a wish the next free one does, and is said.
  for (let candidate = defaultPort; ; candidate += 1) {
    try {
      return await startServer({ ...options, port: candidate });
    } catch (error) {
      if (asAncError(error).code !== 'PORT_IN_USE' || candidate >= defaultPort + portsToTry)
        throw error;
      note(`port ${candidate} is in use, trying ${candidate + 1}`);
    }
  }
}

/**
 * A headset that is away may come, so the server waits for it. A virtual one with wrong options never will: say so now.
 * The one that was started is found again by the server.
 */
async function tryOut(uri: string): Promise<void> {
  const { openTransport } = await import('../../transports/index.ts');
  const transport = await openTransport(uri);
  await transport.close();
}

async function checkFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  const { readdir } = await import('node:fs/promises');
  await readdir(folder).catch((cause: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read the folder ${folder}: ${cause.message}`, {
      cause,
    });
  });
}

export function serve(): Command {
  return new Command('serve')
    .description('serve the panel, the WebSocket, /metrics and /api/v1 for one headset')
    .option('-d, --device <uri>', 'headset (default: ANC_DEVICE, else the only one found)')
    .option('-p, --port <n>', `default ${defaultPort}, or the next free one; 0 takes any`)
    .option(
      '--host <address>',
      'address to listen on; there are no accounts, so anyone who reaches it can steer the headset',
      '127.0.0.1',
    )
    .option(
      '--allow-host <name>',
      'a name under which browsers may come, may be given again',
      (name: string, all: string[]) => [...all, name],
      [],
    )
    .option('--firmware <folder>', 'manifests and images that the flash page offers')
    .action(async (options: Options) => {
      const interrupt = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => interrupt.abort());
      await checkFolder(options.firmware);
      const uri = await chooseDevice(options.device);
      const { isDeviceUri, isOwnUri } = await import('../../transports/index.ts');
      if (!isDeviceUri(uri))
        throw new AncError(
          'DEVICE_URI_INVALID',
          `'${uri}' is no device: expected tcp://, serial://, pty:, sim: or qemu:`,
        );
      if (isOwnUri(uri)) await tryOut(uri);
      const server = await start(uri, options);
      line({ event: 'listening', url: server.url }, `Panel: ${server.url}   (Ctrl-C ends)`);
      await until(interrupt.signal);
      await server.close();
    });
}
