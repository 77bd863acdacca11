/** The emulated chip where other programs reach it: at a TCP port, and at a pseudo-terminal. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmulatedChip, Wire } from './chip.ts';

export interface Served {
  /** `tcp://127.0.0.1:PORT` or `pty:LINK`. */
  readonly uri: string;
  close(): Promise<void>;
}

/** No lines reach the chip; a host that comes while another is there takes its place. */
export function serveTcp(chip: EmulatedChip, port = 0): Promise<Served> {
  const server = createServer({ noDelay: true }, (socket) => {
    const wire: Wire = {
      send: (bytes) => void socket.write(bytes),
      disconnect: () => void socket.destroy(),
    };
    chip.connect(wire);
    socket.on('data', (bytes) => chip.receive(bytes));
    socket.on('error', () => {});
    socket.on('close', () => chip.disconnected(wire));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const uri = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const close = () => new Promise<void>((done) => server.close(() => done()));
      resolve({ uri, close });
    });
  });
}

const bridgeSource = () => join(import.meta.dirname, 'pty-bridge.c');

/** The bridge is C, because Node cannot open a pseudo-terminal; built once for each state of its source. */
function bridgeProgram(source: string): string {
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  const program = join(tmpdir(), `anc-pty-bridge-${process.getuid?.() ?? 0}-${hash}`);
  if (existsSync(program)) return program;
  const fresh = `${program}.${process.pid}`;
  const built = spawnSync('cc', ['-O2', '-Wall', '-Wextra', '-o', fresh, source], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`cc ${source}: ${built.error?.message ?? built.stderr}`);
  renameSync(fresh, program);
  return program;
}

/** A pseudo-terminal has no control lines either. An unplugged one comes back when `close` has not been called. */
export async function servePty(
  chip: EmulatedChip,
  link: string,
  source = bridgeSource(),
): Promise<Served> {
  const program = bridgeProgram(source);
  let bridge: ChildProcess;
  let isClosed = false;
  const plug = () =>
    new Promise<void>((resolve, reject) => {
      const child = spawn(program, [link], { stdio: ['pipe', 'pipe', 'pipe'] });
      bridge = child;
      const wire: Wire = {
        send: (bytes) => void child.stdin.write(bytes),
        disconnect: () => void child.stdin.end(),
      };
      child.stdin.on('error', () => {});
      child.stdout.on('data', (bytes: Buffer) => {
        if (!chip.isConnectedTo(wire)) chip.connect(wire);
        chip.receive(bytes);
      });
      child.once('error', reject);
      child.stderr.once('data', () => {
        // Beside another line it waits until a host speaks.
        if (!chip.isConnected) chip.connect(wire);
        resolve();
      });
      child.once('exit', () => {
        chip.disconnected(wire);
        if (!isClosed) void plug();
      });
    });
  await plug();
  return {
    uri: `pty:${link}`,
    close: () => {
      isClosed = true;
      return new Promise((done) => {
        bridge.once('exit', () => done());
        bridge.stdin!.end();
      });
    },
  };
}
