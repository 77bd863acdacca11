/** Two instances behind nginx, with all that they need: what one of them does not survive, the other one does. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LiveClient } from '../testing/live-client.ts';
import {
  CLUSTER_MISSING,
  ClusterRig,
  type Instance,
  stopDeadlineMs,
} from '../testing/cluster-rig.ts';
import { type Post, RoamingClient } from '../testing/roaming-client.ts';
import { testPassword } from '../testing/test-server.ts';
import { wavBytes } from '../testing/wav-bytes.ts';

interface SessionBody {
  readonly state: string;
  readonly instance: string | null;
  readonly settings: { readonly intensity: number };
  readonly stats: { readonly chunksProcessed: number } | null;
  readonly endReason: string | null;
}
interface Stats {
  readonly active: number;
  readonly chunksProcessed: number;
  readonly instances: { readonly name: string; readonly active: number }[];
}
const slow = { timeout: 20_000, interval: 100 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(CLUSTER_MISSING)(CLUSTER_MISSING || 'two instances', { timeout: 60_000 }, () => {
  let rig: ClusterRig;
  let headers: Record<string, string>;
  const clients: RoamingClient[] = [];

  async function call<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = (await response.json()) as T;
    if (response.ok) return answer;
    throw Object.assign(new Error(JSON.stringify(answer)), { status: response.status });
  }
  const post: Post = (path, body) => call(rig.url, 'POST', path, body);
  const sessionOf = ({ id }: { readonly id: string }) =>
    call<SessionBody>(rig.url, 'GET', `/sessions/${id}`);
  const statsOf = ({ url }: { readonly url: string }) => call<Stats>(url, 'GET', '/stats/sessions');
  const instanceOf = async (client: RoamingClient): Promise<Instance> =>
    rig.instance((await sessionOf(client)).instance!);

  /** Clients that are live, on either instance. */
  async function open(count: number): Promise<RoamingClient[]> {
    const opened = Array.from({ length: count }, () => new RoamingClient(rig.url, post));
    clients.push(...opened);
    await expect.poll(() => opened.every(({ received }) => received > 5), slow).toBe(true);
    return opened;
  }
  async function openOn(name: string): Promise<RoamingClient> {
    for (;;) {
      const [client] = (await open(1)) as [RoamingClient];
      if ((await instanceOf(client)).name === name) return client;
      client.end();
    }
  }
  /** That sound comes back, from now on. */
  async function isHeard(who: readonly RoamingClient[]): Promise<void> {
    const before = who.map(({ received }) => received);
    await expect
      .poll(() => who.every(({ received }, i) => received > before[i]! + 20), slow)
      .toBe(true);
  }

  beforeAll(async () => {
    rig = await ClusterRig.start();
    const account = { email: 'root@example.com', password: testPassword };
    headers = {};
    const { accessToken } = await post<{ accessToken: string }>(
      '/auth/register?deliver=body',
      account,
    );
    headers = { authorization: `Bearer ${accessToken}` };
  }, 60_000);
  beforeEach(async () => {
    for (const instance of rig.instances) if (!instance.isRunning) await instance.start();
  }, 60_000);
  afterEach(() => {
    for (const client of clients.splice(0)) client.end();
  });
  afterAll(() => rig?.end());

  test('sessions are on both and stay where they are; either one speaks for all', async () => {
    const all = await open(8);
    const names = await Promise.all(all.map(async (client) => (await instanceOf(client)).name));
    expect(new Set(names)).toEqual(new Set(['a', 'b']));
    for (const instance of rig.instances) {
      await expect.poll(async () => (await statsOf(instance)).active).toBe(8);
      const { instances } = await statsOf(instance);
      const countOf = (name: string) => names.filter((other) => other === name).length;
      expect(instances).toMatchObject([
        { name: 'a', active: countOf('a') },
        { name: 'b', active: countOf('b') },
      ]);
      // counted once a second
      await expect
        .poll(async () => (await statsOf(instance)).chunksProcessed, slow)
        .toBeGreaterThan(300);
    }
    // asked at the instance that does not run it
    const [told, ended] = all as [RoamingClient, RoamingClient];
    const elsewhere = async (client: RoamingClient) => rig.other((await instanceOf(client)).name);
    const change = { intensity: 0.25 };
    const { url } = await elsewhere(told);
    const settings = await call(url, 'PATCH', `/sessions/${told.id}/settings`, change);
    expect(settings).toMatchObject(change);
    await expect
      .poll(() => told.messages.find(({ type }) => type === 'settings'))
      .toMatchObject({ settings: change });
    const answer = await call<SessionBody>(
      (await elsewhere(ended)).url,
      'POST',
      `/sessions/${ended.id}/end`,
    );
    expect(answer).toMatchObject({ state: 'ended', endReason: 'owner' });
    expect(answer.stats!.chunksProcessed).toBeGreaterThan(5);
    await expect.poll(() => ended.states.at(-1)).toMatchObject({ kind: 'ended', reason: 'owner' });
    await isHeard([told]);
    expect(all.every(({ readies }) => readies.length === 1)).toBe(true);
  });

  test('opened on another instance, a session goes on there with its settings and a new filter', async () => {
    const client = await openOn('a');
    client.change({ intensity: 0.5 });
    await expect.poll(() => client.count('settings')).toBe(1);
    const before = client.received;
    const path = `/sessions/${client.id}`;
    const { ticket, webSocketPath } = await post<{ ticket: string; webSocketPath: string }>(
      `${path}/tickets`,
    );
    const there = await LiveClient.connect(
      rig.instance('b').url.replace('http', 'ws') + webSocketPath,
      ticket,
    );
    const ready = await there.message('ready');
    expect(ready).toMatchObject({ resumed: true, filterKept: false, settings: { intensity: 0.5 } });
    await expect
      .poll(() => client.states.at(-1))
      .toMatchObject({ kind: 'ended', reason: 'replaced' });
    const { chunksProcessed } = await there.message('stats');
    expect(chunksProcessed).toBeGreaterThanOrEqual(before);
    expect(await call(rig.instance('a').url, 'GET', path)).toMatchObject({
      state: 'live',
      instance: 'b',
    });
    there.send({ type: 'end' });
    await there.message('ended');
    expect(await sessionOf(client)).toMatchObject({ state: 'ended', endReason: 'client' });
  });

  test('without Redis all goes on where it is; when it is back it learns what runs', async () => {
    const client = await openOn('a');
    await rig.redis.stop();
    await isHeard([client]);
    expect(rig.instance('a').output).toContain('Redis is away');
    expect((await statsOf(rig.instance('a'))).instances.map(({ name }) => name)).toEqual(['a']);
    // The other one cannot know whether it runs, and says so.
    const settings = `/sessions/${client.id}/settings`;
    const there = rig.instance('b').url;
    await expect(call(there, 'PATCH', settings, { intensity: 0.5 })).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('INSTANCES_UNREACHABLE'),
    });
    await call(rig.instance('a').url, 'PATCH', settings, { intensity: 0.75 });
    const [fresh] = (await open(1)) as [RoamingClient];
    await rig.redis.start();
    await expect
      .poll(() => call(there, 'PATCH', settings, { intensity: 0.5 }).catch(() => null), slow)
      .toMatchObject({ intensity: 0.5 });
    await expect.poll(async () => (await statsOf(rig.instance('b'))).active, slow).toBe(2);
    expect([client, fresh].map(({ readies }) => readies.length)).toEqual([1, 1]);
    expect(rig.instance('a').output).toContain('Redis is back');
  });

  test('without PostgreSQL the sound goes on; when it is back so does the rest', async () => {
    const [ends, ...stay] = (await open(4)) as [RoamingClient, ...RoamingClient[]];
    await rig.postgres.stop();
    await isHeard(stay);
    await expect(post('/sessions', {})).rejects.toMatchObject({ status: 503 });
    ends.end();
    await pause(500);
    await rig.postgres.start();
    await expect
      .poll(
        () =>
          open(1).then(
            () => true,
            () => false,
          ),
        slow,
      )
      .toBe(true);
    // The end that could not be written is written later.
    await expect.poll(async () => (await sessionOf(ends)).endReason, slow).toBe('client');
    await isHeard(stay);
    expect(stay.every(({ readies }) => readies.length === 1)).toBe(true);
    expect(Math.max(...stay.map(({ longestGapMs }) => longestGapMs))).toBeLessThan(1000);
  });

  test('killed: its clients go on at the other one, and nothing that was acknowledged is lost', async () => {
    const [moves, left] = [await openOn('a'), await openOn('a')];
    const stays = await openOn('b');
    const a = rig.instance('a');
    await call(a.url, 'PATCH', `/sessions/${moves.id}/settings`, { intensity: 0.125 });
    const upload = await fetch(`${a.url}/api/v1/recordings?name=kept`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'audio/wav' },
      body: new Uint8Array(wavBytes()),
    });
    expect(upload.status).toBe(201);
    const recording = (await upload.json()) as { id: string };
    const job = await call<{ id: string }>(a.url, 'POST', '/jobs', {
      kind: 'recording-analysis',
      recordingId: recording.id,
    });
    await a.end('SIGKILL');
    await expect.poll(() => moves.readies.length, slow).toBe(2);
    expect(moves.readies[1]).toMatchObject({
      ...{ resumed: true, filterKept: false },
      settings: { intensity: 0.125 },
    });
    await isHeard([moves]);
    expect((await instanceOf(moves)).name).toBe('b');
    expect(stays.readies).toHaveLength(1);
    expect(await sessionOf(left)).toMatchObject({ state: 'live' });
    const file = await fetch(`${rig.url}/api/v1/recordings/${recording.id}/file`, { headers });
    expect(Buffer.from(await file.arrayBuffer())).toEqual(Buffer.from(wavBytes()));
    // Done by now, or running until its time there is over: operations.md.
    expect(await call(rig.url, 'GET', `/jobs/${job.id}`)).toMatchObject({
      state: expect.stringMatching(/^(queued|running|done)$/),
    });
    await a.start();
    // nginx looks again after some seconds
    await expect.poll(async () => (await instanceOf(await openOn('a'))).name, slow).toBe('a');
    await isHeard([moves, left, stays]);
  });

  test('SIGTERM under load: its clients are told and go to the other one, and it ends in time', async () => {
    // nginx takes back some seconds after its start what had failed
    const all = [await openOn('a'), await openOn('b'), ...(await open(8))];
    const on = await Promise.all(all.map(async (client) => (await instanceOf(client)).name));
    const here = all.filter((_, i) => on[i] === 'b');
    expect(here.length).toBeGreaterThan(0);
    const answers = new Set<number>();
    const asking = setInterval(() => {
      void fetch(`${rig.url}/api/v1/health/live`).then(
        ({ status }) => answers.add(status),
        () => answers.add(0),
      );
    }, 50);
    const startMs = performance.now();
    const code = await rig.instance('b').end('SIGTERM');
    expect(code, rig.instance('b').output).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(stopDeadlineMs);
    await expect.poll(() => here.every(({ readies }) => readies.length === 2), slow).toBe(true);
    clearInterval(asking);
    expect([...answers]).toEqual([200]);
    await isHeard(all);
    for (const client of here) {
      expect(client.count('draining')).toBe(1);
      expect(client.readies[1]).toMatchObject({ resumed: true, filterKept: false });
    }
    const stayed = all.filter((client) => !here.includes(client));
    expect(stayed.every(({ readies }) => readies.length === 1)).toBe(true);
  });

  test('limits count once for all instances, by the address that nginx saw', async () => {
    const guess = async (i: number) => {
      const { status } = await fetch(`${rig.url}/api/v1/auth/login`, {
        method: 'POST',
        // what a client says of itself makes no other client of it
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${i}` },
        body: JSON.stringify({ email: `nobody${i}@example.com`, password: testPassword }),
      });
      return status;
    };
    const statuses = [];
    for (let i = 0; i < 34; i += 1) statuses.push(await guess(i));
    // the registration at the beginning was one of the thirty, when its minute is not over
    expect(statuses.slice(0, 29)).toEqual(Array.from({ length: 29 }, () => 401));
    expect(statuses.slice(30)).toEqual([429, 429, 429, 429]);
  });
});
