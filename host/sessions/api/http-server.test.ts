import { type Server, request } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type HttpLimits, createHttpServer, defaultHttpLimits } from './http-server.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function start(limits: Partial<HttpLimits> = {}): Promise<number> {
  server = createHttpServer(
    (incoming, response) => {
      incoming.resume().once('end', () => response.end('done'));
      incoming.once('error', () => {});
    },
    null,
    { ...defaultHttpLimits, ...limits },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** All that a socket gives until the other side closes it. */
function untilClosed(socket: Socket): Promise<{ text: string; afterMs: number }> {
  const startedMs = performance.now();
  let text = '';
  socket.on('data', (data) => (text += data.toString('latin1')));
  socket.on('error', () => {});
  return new Promise((resolve) =>
    socket.once('close', () => resolve({ text, afterMs: performance.now() - startedMs })),
  );
}

/** One byte each 50 ms, for ever. */
function trickle(port: number, start: string): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(start));
  const timer = setInterval(() => socket.writable && socket.write('a'), 50);
  socket.once('close', () => clearInterval(timer));
  return socket;
}

function get(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    })
      .once('error', reject)
      .end();
  });
}

test('slow headers lose their connection with 408, and others are served meanwhile', async () => {
  const port = await start({ headersTimeoutMs: 400, requestTimeoutMs: 5000 });
  const slow = Array.from({ length: 50 }, () =>
    untilClosed(trickle(port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')),
  );
  expect(await get(port)).toBe(200);
  for (const { text, afterMs } of await Promise.all(slow)) {
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('application/problem+json');
    expect(text).toContain('REQUEST_TIMEOUT');
    expect(afterMs).toBeLessThan(2500);
  }
});

test('a slow body loses its connection', async () => {
  const port = await start({ headersTimeoutMs: 300, requestTimeoutMs: 600 });
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n';
  const { afterMs } = await untilClosed(trickle(port, head));
  expect(afterMs).toBeGreaterThan(500);
  expect(afterMs).toBeLessThan(3000);
});

test('a connection beyond the limit is closed at once, and again served when one has left', async () => {
  const port = await start({ maxConnections: 3 });
  const held = [1, 2, 3].map(() => trickle(port, 'GET / HTTP/1.1\r\nX: '));
  await Promise.all(
    held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(get(port)).rejects.toThrow(/ECONNRESET|socket hang up/);
  const left = new Promise((resolve) => held[0]!.once('close', resolve));
  held[0]!.destroy();
  await left;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await get(port)).toBe(200);
  held.forEach((socket) => socket.destroy());
});

test('what is no HTTP, and headers without end, are problems', async () => {
  const port = await start();
  const bad = connect(port, '127.0.0.1', () => bad.write('\u0016\u0003\u0001 no http\r\n\r\n'));
  expect((await untilClosed(bad)).text).toMatch(/^HTTP\/1\.1 400 [^]*REQUEST_MALFORMED/);
  const big = connect(port, '127.0.0.1', () =>
    big.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(40_000)}\r\n\r\n`),
  );
  expect((await untilClosed(big)).text).toMatch(/^HTTP\/1\.1 431 [^]*HEADERS_TOO_LARGE/);
});

test('a request with two lengths is refused: a proxy may have read it otherwise', async () => {
  const port = await start();
  const both = connect(port, '127.0.0.1', () =>
    both.write(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ),
  );
  expect((await untilClosed(both)).text).toMatch(/^HTTP\/1\.1 400 /);
});
