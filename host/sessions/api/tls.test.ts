import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../config/index.ts';
import { silentLogger } from '../logging/index.ts';
import { type SessionServer, startServer } from '../start-server.ts';
import { type TestDatabase, openTestDatabase } from '../testing/test-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'anc-tls-'));
const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
let test_: TestDatabase;

beforeAll(async () => {
  const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const files = ['-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...files], { stdio: 'ignore' });
  test_ = await openTestDatabase('pglite');
});
afterAll(async () => {
  await test_.remove();
  rmSync(folder, { recursive: true, force: true });
});

function start(env: NodeJS.ProcessEnv): Promise<SessionServer> {
  const config = readConfig({
    NODE_ENV: 'test',
    ANC_DATA_FOLDER: folder,
    PORT: '0',
    WORKER_THREADS: '1',
    ...env,
  });
  // it outlives the servers of this file
  const database = { ...test_.database, close: () => Promise.resolve() };
  return startServer({ config, logger: silentLogger, database });
}

function post(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', rejectUnauthorized: false, headers };
    request(url, options, (answer) => resolve(answer.resume()))
      .once('error', reject)
      .end();
  });
}

describe('TLS by itself', () => {
  test('cookies are bound to the host, and browsers are told to stay with it', async () => {
    const server = await start({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
    try {
      expect(server.url).toMatch(/^https:/);
      const { statusCode, headers } = await post(`${server.url}/api/v1/auth/guest`);
      expect(statusCode).toBe(201);
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      expect(headers['set-cookie']![0]).toMatch(
        /^__Host-anc_refresh=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
      );
      await expect(fetch(server.url.replace('https', 'http'))).rejects.toThrow();
    } finally {
      await server.lifecycle.stop('the test is over');
    }
  });

  test.each([
    ['TLS_INVALID', { TLS_CERT_FILE: keyFile, TLS_KEY_FILE: certFile }],
    ['TLS_UNREADABLE', { TLS_CERT_FILE: join(folder, 'none'), TLS_KEY_FILE: keyFile }],
  ])('the start ends with %s and leaves nothing open', async (code, env) => {
    await expect(start(env)).rejects.toMatchObject({ code });
  });
});

describe('TLS of a proxy', () => {
  const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '192.0.2.7' };
  const guest = async ({ url }: SessionServer) => {
    const answer = await fetch(`${url}/api/v1/auth/guest`, { method: 'POST', headers: forwarded });
    return answer.headers.getSetCookie()[0]!;
  };

  test.each([
    ['is believed when it is trusted', { TRUST_PROXY: 'loopback' }, /^__Host-.*; Secure/],
    ['is not believed otherwise', {}, /^anc_refresh=/],
  ])('%s', async (_name, env, cookie) => {
    const server = await start(env);
    try {
      expect(await guest(server)).toMatch(cookie);
    } finally {
      await server.lifecycle.stop('the test is over');
    }
  });

  test('a port that is taken ends the start, and says so', async () => {
    const server = await start({});
    try {
      const again = start({ PORT: String(server.port) });
      await expect(again).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    } finally {
      await server.lifecycle.stop('the test is over');
    }
  });
});
