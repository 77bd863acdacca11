import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { CLI_MISSING, anc, startAnc } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'anc-cli-server-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(CLI_MISSING)('anc server', () => {
  test('says where it is, serves, and ends politely', async () => {
    const args = ['server', '--port', '0', '--data', folder, '--log-level', 'warn', '--json'];
    const child = startAnc(args);
    const ended = once(child, 'close');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = JSON.parse(String((await lines.next()).value)) as Record<string, string>;
    expect(first).toMatchObject({
      event: 'listening',
      database: `PGlite in ${folder}`,
      limits: 'in this process',
    });
    const ready = await fetch(`${first['url']}/api/v1/health/ready`);
    expect(((await ready.json()) as { status: string }).status).toBe('ready');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(0);
  }, 60_000);

  test.each([
    [['--port', '99999'], {}, 'CONFIG_INVALID'],
    [['--tls-cert', 'cert.pem'], {}, 'CONFIG_INVALID'],
    [[], { NODE_ENV: 'production' }, 'SECRET_MISSING'],
  ])('a configuration that cannot be is bad input: %j', async (args, env, code) => {
    const all = ['server', '--data', folder, ...args, '--json'];
    const { code: status, stderr } = await anc(all, { env });
    expect(status).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code, hint: expect.any(String) } });
  });
});
