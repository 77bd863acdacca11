import { existsSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AncError } from './errors.ts';
import type { Headset } from './headset.ts';
import { createApp } from './http/app.ts';
import { Metrics } from './http/metrics.ts';
import { SameOrigin } from './http/same-origin.ts';
import { HeadsetSource } from './monitor/headset-source.ts';
import { Monitor } from './monitor/monitor.ts';
import { Hub } from './ws/hub.ts';

export interface ServerOptions {
  /** Device URI. The server starts at once and goes on trying while the headset is absent. */
  readonly deviceUri: string;
  /** How to reach it; by default a `Device` of that URI. */
  readonly connect?: () => Promise<Headset>;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. Anyone who can reach another address can steer the headset: there are no accounts. */
  readonly host?: string;
  /** Names besides IP addresses and localhost under which browsers may come. */
  readonly allowedHosts?: readonly string[];
  /** Folder of the built panel; by default looked for above this file. */
  readonly panelDir?: string;
  /** Folder with manifests and their files for the flash page. */
  readonly firmwareDir?: string;
}

export interface PanelServer {
  /** Where a browser finds the panel, with the port that was taken. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection and lets go of the headset. May be called more than once. */
  close(): Promise<void>;
}

/** Errors: PORT_IN_USE, ADDRESS_UNAVAILABLE. */
export async function startServer(options: ServerOptions): Promise<PanelServer> {
  const { deviceUri, port = 8080, host = '127.0.0.1' } = options;
  const connect = options.connect ?? (() => connectDevice(deviceUri));
  const metrics = new Metrics();
  const monitor = new Monitor(new HeadsetSource(deviceUri, connect), metrics, (message) =>
    hub.broadcast(message),
  );
  const hub = new Hub(monitor);
  monitor.hasViewers = () => hub.size > 0;
  metrics.watch(monitor);

  const sameOrigin = new SameOrigin(options.allowedHosts ?? []);
  const panelDir = options.panelDir ?? findPanel(dirname(fileURLToPath(import.meta.url)));
  const { firmwareDir = null } = options;
  const http = createServer(createApp(monitor, metrics, sameOrigin, panelDir, firmwareDir));
  hub.attach(http, sameOrigin);
  try {
    await listen(http, port, host);
  } catch (error) {
    await hub.close();
    throw error;
  }
  monitor.start();

  const taken = (http.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  const close = async () => {
    await hub.close();
    http.closeAllConnections();
    await new Promise<void>((resolve) => http.close(() => resolve()));
    await monitor.close();
  };
  return { url: panelUrl(host, taken), port: taken, close: () => (closing ??= close()) };
}

function panelUrl(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}/`;
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new AncError('PORT_IN_USE', `port ${port} on ${host} is taken by another program`, {
            cause: error,
          }),
        );
      } else {
        reject(
          new AncError('ADDRESS_UNAVAILABLE', `cannot listen on ${host}:${port}`, {
            cause: error,
          }),
        );
      }
    });
    http.listen(port, host, resolve);
  });
}

/** The panel beside the sources or the bundle, whichever of the two this runs from. */
function findPanel(from: string): string | null {
  for (let dir = from; ; dir = dirname(dir)) {
    const candidate = join(dir, 'web-ui', 'dist');
    if (existsSync(join(candidate, 'index.html'))) return candidate;
    if (dir === dirname(dir)) return null;
  }
}

async function connectDevice(uri: string): Promise<Headset> {
  const { connectHeadset } = await import('./device-headset.ts');
  return connectHeadset(uri);
}
