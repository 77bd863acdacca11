/** What a flashed image starts: a real virtual headset behind the same serial line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { virtualHeadsetProgram } from '../../transports/index.ts';
import type { StartFirmware } from './chip.ts';

/** Its store lies in the settings partition, behind its length: what is flashed over it is lost, as on a board. */
function loadStore(partition: Uint8Array, file: string): void {
  const view = new DataView(partition.buffer, partition.byteOffset);
  const length = view.getUint32(0, true);
  if (length <= partition.length - 4) writeFileSync(file, partition.subarray(4, 4 + length));
}

export function virtualFirmware(options: readonly string[] = []): StartFirmware {
  return (started, flash, send) => {
    const folder = mkdtempSync(join(tmpdir(), 'anc-flashed-'));
    const store = join(folder, 'store');
    const at = started.settings;
    if (at) loadStore(flash.bytes.subarray(at.offset, at.offset + at.size), store);
    const own = ['--tcp=0', `--store=${store}`, '--exit-with-stdin'];
    const child: ChildProcess = spawn(virtualHeadsetProgram(), [...own, ...options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let socket: Socket | null = null;
    let isStopped = false;
    const early: Uint8Array[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const address = /"event":"listening".*"tcp":"([^"]+):(\d+)"/.exec(line);
      if (!address || isStopped) return;
      socket = connect({ host: address[1]!, port: Number(address[2]), noDelay: true });
      socket.on('data', send);
      socket.on('error', () => {});
      for (const bytes of early.splice(0)) socket.write(bytes);
    });
    const saveStore = () => {
      if (!at) return;
      let contents: Buffer;
      try {
        contents = readFileSync(store);
      } catch {
        return; // Nothing was ever stored.
      }
      const length = Buffer.alloc(4);
      length.writeUInt32LE(contents.length);
      const bytes = Buffer.concat([length, contents]);
      if (Buffer.compare(bytes, flash.bytes.subarray(at.offset, at.offset + bytes.length)) === 0)
        return;
      flash.erase(at.offset, at.size);
      flash.program(at.offset, bytes);
    };
    return {
      receive: (bytes) => void (socket ? socket.write(bytes) : early.push(bytes)),
      stop: () => {
        isStopped = true;
        socket?.destroy();
        child.kill('SIGKILL');
        saveStore();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  };
}
