/** A TCP relay in front of a headset that pulls the cable on demand. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class CuttingProxy {
  readonly #server: Server;
  readonly #target: () => number;
  #pairs = new Set<readonly [Socket, Socket]>();
  /** Towards the headset, over all connections. */
  bytes = 0;
  connections = 0;
  /** Called with every piece towards the headset, and its frames; true: the piece does not arrive, and the link ends. */
  cuts: (piece: Buffer, framesOfConnection: number) => boolean = () => false;

  private constructor(server: Server, target: () => number) {
    this.#server = server;
    this.#target = target;
  }

  static async start(target: () => number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, target);
    server.on('connection', (host) => proxy.#relay(host));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get uri(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #relay(host: Socket): void {
    const headset = connect(this.#target(), '127.0.0.1');
    const pair = [host, headset] as const;
    const end = () => {
      this.#pairs.delete(pair);
      pair.forEach((socket) => socket.destroy());
    };
    let frames = 0;
    this.#pairs.add(pair);
    this.connections += 1;
    pair.forEach((socket) => socket.setNoDelay(true).on('error', end).on('close', end));
    headset.on('data', (piece) => host.write(piece));
    host.on('data', (piece: Buffer) => {
      for (const byte of piece) frames += byte === 0 ? 1 : 0;
      if (this.cuts(piece, frames)) return end();
      this.bytes += piece.length;
      headset.write(piece);
    });
  }

  async close(): Promise<void> {
    for (const pair of [...this.#pairs]) pair.forEach((socket) => socket.destroy());
    this.#server.close();
    await once(this.#server, 'close');
  }
}
