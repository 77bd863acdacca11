import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { missing } from '../testing/child-program.ts';
import { NGINX_MISSING, TestNginx } from '../testing/nginx.ts';
import { nginxConf } from './nginx-conf.ts';

describe.skipIf(NGINX_MISSING)('the configuration', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'anc-nginx-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function check(text: string): string {
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, text);
    const result = spawnSync('nginx', ['-t', '-e', 'stderr', '-c', file], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
    });
    return result.status === 0 ? 'valid' : result.stderr;
  }

  test('of one instance, without TLS', () => {
    const text = nginxConf({ listen: '8080', tls: null, instances: ['127.0.0.1:5000'], folder });
    expect(check(text)).toBe('valid');
  });

  test.skipIf(missing('openssl'))('of several instances, with TLS', () => {
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', '/CN=localhost', '-keyout', keyFile, '-out', certFile],
    ]);
    const instances = ['127.0.0.1:5000', '127.0.0.1:5001', '[::1]:5002'];
    const tls = { certFile, keyFile };
    expect(check(nginxConf({ listen: '127.0.0.1:8443', tls, instances, folder }))).toBe('valid');
  });

  test('nothing gets in that would end a directive', () => {
    const good = { listen: '80', tls: null, instances: ['a:1'], folder };
    const invalid = expect.objectContaining({ code: 'NGINX_CONFIG_INVALID' });
    for (const bad of [
      { ...good, listen: '80; root /' },
      { ...good, instances: ['a:1;} http {'] },
      { ...good, instances: [] },
      { ...good, folder: '/tmp/$host' },
    ])
      expect(() => nginxConf(bad)).toThrow(invalid);
  });
});

describe.skipIf(NGINX_MISSING)('in front of two instances', () => {
  const instances: { server: Server; address: string }[] = [];
  let nginx: TestNginx;

  beforeAll(async () => {
    for (const name of ['a', 'b']) {
      const server = createServer((request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ name, headers: request.headers }));
      });
      const sockets = new WebSocketServer({ server });
      sockets.on('connection', (socket) => {
        socket.send(name);
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
      instances.push({ server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
    }
    nginx = await TestNginx.start(instances.map(({ address }) => address));
  });
  afterAll(async () => {
    await nginx?.end();
    for (const { server } of instances) {
      server.closeAllConnections();
      server.close();
    }
  });

  type Answer = { name: string; headers: Record<string, string> };
  const ask = async (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    (await (await fetch(`http://${nginx.address}${path}`, { headers })).json()) as Answer;

  test('all that names a session goes to one of them, sessions to both', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const session = `/api/v1/sessions/${randomUUID()}`;
      const names = new Set<string>();
      for (const path of ['', '/history', '/audio', '/tickets', '?x=1', ''])
        names.add((await ask(session + path)).name);
      expect(names.size).toBe(1);
      seen.add([...names][0]!);
    }
    expect([...seen].sort()).toEqual(['a', 'b']);
  });

  test('the rest goes round', async () => {
    const names = new Set<string>();
    for (let i = 0; i < 40; i++) names.add((await ask('/api/v1/health/live')).name);
    expect([...names].sort()).toEqual(['a', 'b']);
  });

  test('a WebSocket gets through, to the instance of its session, both ways', async () => {
    const id = randomUUID();
    const { name } = await ask(`/api/v1/sessions/${id}`);
    const socket = new WebSocket(`ws://${nginx.address}/api/v1/sessions/${id}/audio`);
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(Buffer.from('chunk'));
    await expect.poll(() => messages).toEqual([name, 'chunk']);
    socket.close();
  });

  test('what a client says of its address is not believed', async () => {
    const { headers } = await ask('/', {
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
      'x-forwarded-proto': 'https',
    });
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(headers['x-forwarded-proto']).toBe('http');
    expect(headers['forwarded']).toBeUndefined();
  });

  test('metrics do not get out', async () => {
    expect((await fetch(`http://${nginx.address}/metrics`)).status).toBe(404);
    expect((await fetch(`http://${nginx.address}//metrics`)).status).toBe(404);
  });

  test('when an instance is gone, its sessions go to the other, and the others stay', async () => {
    const ids = Array.from({ length: 12 }, () => randomUUID());
    const before = await Promise.all(ids.map((id) => ask(`/api/v1/sessions/${id}`)));
    const gone = instances[0]!.server;
    gone.closeAllConnections();
    await new Promise((resolve) => gone.close(resolve));
    const after = await Promise.all(ids.map((id) => ask(`/api/v1/sessions/${id}`)));
    expect(before.map(({ name }) => name)).toContain('a');
    expect(after.every(({ name }) => name === 'b')).toBe(true);
  });
});
