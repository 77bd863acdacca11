/** A serial port over TCP with its lines: telnet's COM port option (RFC 2217), as esptool's and pyserial's `rfc2217://` speak it. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { EmulatedChip, Wire } from './chip.ts';
import type { Served } from './serve.ts';

const iac = 255;
const [dont, doIt, wont, will, sb, se] = [254, 253, 252, 251, 250, 240] as const;
const comPort = 44;
const binary = 0;
const suppressGoAhead = 3;
const supported = new Set([comPort, binary, suppressGoAhead]);
/** The server answers each of the client's commands with its number plus this. */
const answerOffset = 100;
const command = { setBaud: 1, setControl: 5, purge: 12 } as const;
const control = { dtrOn: 8, dtrOff: 9, rtsOn: 11, rtsOff: 12 } as const;

class Telnet {
  readonly #socket: Socket;
  readonly #chip: EmulatedChip;
  readonly #lines = { dtr: false, rts: false };
  #pending: number[] = [];

  constructor(socket: Socket, chip: EmulatedChip) {
    this.#socket = socket;
    this.#chip = chip;
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(
      Buffer.from([...bytes].flatMap((byte) => (byte === iac ? [iac, iac] : [byte]))),
    );
  }

  receive(bytes: Uint8Array): void {
    this.#pending.push(...bytes);
    const data: number[] = [];
    const flush = () => {
      if (data.length > 0) this.#chip.receive(Uint8Array.from(data.splice(0)));
    };
    while (this.#pending.length > 0) {
      if (this.#pending[0] !== iac) {
        data.push(this.#pending.shift()!);
        continue;
      }
      const used = this.#command(this.#pending, flush, data);
      if (used === 0) break;
      this.#pending.splice(0, used);
    }
    flush();
  }

  /** How many bytes the command at the start has; 0 when more have to come. */
  #command(bytes: readonly number[], flush: () => void, data: number[]): number {
    const [, kind, option] = bytes;
    if (kind === undefined) return 0;
    if (kind === iac) return (data.push(iac), 2);
    if (kind !== sb) {
      if (option === undefined) return 0;
      this.#negotiate(kind, option);
      return 3;
    }
    const end = bytes.findIndex((byte, i) => byte === iac && bytes[i + 1] === se);
    if (end < 0) return 0;
    flush();
    if (option === comPort) this.#comPort(bytes.slice(3, end));
    return end + 2;
  }

  #negotiate(kind: number, option: number): void {
    const isKnown = supported.has(option);
    if (kind === will) this.#socket.write(Buffer.of(iac, isKnown ? doIt : dont, option));
    if (kind === doIt) this.#socket.write(Buffer.of(iac, isKnown ? will : wont, option));
  }

  #comPort([number = 0, ...value]: readonly number[]): void {
    if (number === command.setBaud && value.length >= 4) {
      const raw = value.filter((byte, i) => !(byte === iac && value[i - 1] === iac));
      this.#chip.setHostBaud(Buffer.from(raw).readUInt32BE(0));
    }
    if (number === command.setControl) {
      if (value[0] === control.dtrOn) this.#lines.dtr = true;
      if (value[0] === control.dtrOff) this.#lines.dtr = false;
      if (value[0] === control.rtsOn) this.#lines.rts = true;
      if (value[0] === control.rtsOff) this.#lines.rts = false;
      // Clients take 50 ms a line: both at once is a state on the way, as in Espressif's own server for this protocol.
      if (!(this.#lines.dtr && this.#lines.rts)) this.#chip.setLines(this.#lines);
    }
    const answer = [iac, sb, comPort, number + answerOffset, ...value, iac, se];
    this.#socket.write(Buffer.from(answer));
  }
}

export function serveRfc2217(chip: EmulatedChip, port = 0): Promise<Served> {
  const server = createServer({ noDelay: true }, (socket) => {
    const telnet = new Telnet(socket, chip);
    const wire: Wire = {
      send: (bytes) => telnet.send(bytes),
      disconnect: () => void socket.destroy(),
    };
    chip.connect(wire);
    socket.on('data', (bytes) => telnet.receive(bytes));
    socket.on('error', () => {});
    socket.on('close', () => chip.disconnected(wire));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const uri = `rfc2217://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve({ uri, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
