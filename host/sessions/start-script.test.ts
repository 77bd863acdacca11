import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from './cluster/local/free-port.ts';
import { missing } from './testing/child-program.ts';
import { CLUSTER_MISSING } from './testing/cluster-rig.ts';

const script = join(import.meta.dirname, '../../start.sh');

describe('./start.sh', { timeout: 90_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'anc-start-'));
  let child: ChildProcess | null = null;
  let said = '';
  afterEach(async () => {
    await stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** @returns its address, when it has said it */
  async function start(env: NodeJS.ProcessEnv): Promise<string> {
    said = '';
    child = spawn(script, [], {
      // a group of its own, as a terminal gives
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...{ ANC_DATA_FOLDER: folder, PORT: String(await freePort()), NODE_ENV: 'development' },
        ...{ DATABASE_URL: '', REDIS_URL: '', INSTANCES: '', ...env },
      },
    });
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: Buffer) => (said += text.toString()));
    const url = () => /^Server: (\S+)/m.exec(said)?.[1];
    await expect
      .poll(() => url() ?? child?.exitCode, { timeout: 60_000 })
      .toEqual(expect.anything());
    expect(url(), said).toBeDefined();
    return url()!;
  }
  /** As Ctrl-C does: to all of the group. */
  async function stop(signal: NodeJS.Signals): Promise<number | null> {
    const running = child;
    child = null;
    if (!running?.pid || running.exitCode !== null) return running?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => running.once('exit', resolve));
    process.kill(-running.pid, signal);
    return ended;
  }

  test('one server, its database in the data folder; Ctrl-C stops it in order', async () => {
    const url = await start({});
    expect((await fetch(`${url}/api/v1/health/ready`)).status).toBe(200);
    expect(said).toContain(`PGlite in ${folder}`);
    expect(await stop('SIGINT'), said).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  test.skipIf(CLUSTER_MISSING)(
    CLUSTER_MISSING ||
      'two behind nginx, with PostgreSQL and Redis of their own; Ctrl-C ends them all',
    async () => {
      const url = await start({ INSTANCES: '2', SHUTDOWN_DEADLINE_MS: '5000' });
      const account = { email: 'ada@example.com', password: 'Quiet-Cabin-7-Rows' };
      const post = (path: string) =>
        fetch(`${url}/api/v1${path}?deliver=body`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(account),
        });
      const registered = await post('/auth/register');
      expect(registered.status).toBe(201);
      const { accessToken } = (await registered.json()) as { accessToken: string };
      const answer = await fetch(`${url}/api/v1/stats/sessions`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      expect(((await answer.json()) as { instances: unknown[] }).instances).toHaveLength(2);
      const pid = (line: string) => Number(readFileSync(join(folder, line), 'utf8').split('\n')[0]);
      const postgres = pid('postgresql/data/postmaster.pid');
      expect(await stop('SIGINT'), said).toBe(0);
      // all of it is gone
      expect(() => process.kill(postgres, 0)).toThrow();
      await expect(fetch(url)).rejects.toThrow();
    },
  );

  test.skipIf(missing('shellcheck'))(missing('shellcheck') || 'is clean for shellcheck', () => {
    const { status, stdout } = spawnSync('shellcheck', [script], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
