import { expect, test } from 'vitest';
import { defaultSettings } from '../../protocol/index.ts';
import type { ApiCaller } from '../../testing/api-caller.ts';
import { openAudio, refusalOf } from '../../testing/audio-socket.ts';
import type { TestServer } from '../../testing/test-server.ts';

const nobodys = '00000000-0000-4000-8000-000000000000';

async function newSession(caller: ApiCaller, body: object = {}) {
  const answer = await caller.expecting(201, 'POST', '/sessions', body);
  return answer.body as {
    session: { id: string };
    ticket: { ticket: string; webSocketPath: string };
  };
}

export function sessionSuite(server: () => TestServer): void {
  test('a session is made with defaults, told settings, ended, and stays in the list', async () => {
    const caller = await server().user();
    const { session, ticket } = await newSession(caller, { name: 'desk' });
    expect(session).toMatchObject({
      ...{ name: 'desk', state: 'created', settings: defaultSettings, userId: caller.userId },
      ...{ stats: null, startedAt: null, endedAt: null },
    });
    expect(ticket.webSocketPath).toBe(`/api/v1/sessions/${session.id}/audio`);
    const path = `/sessions/${session.id}`;
    const change = { intensity: 0.5, bypassMl: true };
    const changed = await caller.expecting(200, 'PATCH', `${path}/settings`, change);
    expect(changed.body).toEqual({ ...defaultSettings, ...change });
    expect((await caller.get(path)).body.settings).toEqual(changed.body);
    const ended = await caller.expecting(200, 'POST', `${path}/end`);
    expect(ended.body).toMatchObject({ state: 'ended', endReason: 'owner' });
    // once more changes nothing
    expect((await caller.expecting(200, 'POST', `${path}/end`)).body).toEqual(ended.body);
    expect((await caller.send('POST', `${path}/tickets`)).body.code).toBe('SESSION_ENDED');
    expect((await caller.send('PATCH', `${path}/settings`, change)).body.code).toBe(
      'SESSION_ENDED',
    );
    expect((await caller.get('/sessions?state=ended')).body.items).toEqual([ended.body]);
    expect((await caller.get('/sessions?state=live')).body.items).toEqual([]);
    expect((await caller.get(`${path}/history`)).body).toEqual({ items: [], next: null });
  });

  test.each([
    [{ taps: 600 }, 'settings.taps'],
    [{ taps: 1e9 }, 'settings.taps'],
    [{ stepSize: 'NaN' }, 'settings.stepSize'],
    [{ algorithm: 'nlms-q31' }, 'settings.algorithm'],
    [{ algorithm: 'magic' }, 'settings.algorithm'],
    [{ volume: 11 }, 'settings'],
  ])('settings that no session can have are named: %j', async (settings, path) => {
    const caller = await server().user();
    const { status, body } = await caller.send('POST', '/sessions', { settings });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'BODY_INVALID', errors: [{ path }] });
  });

  test('a running session keeps what only a new one can have', async () => {
    const caller = await server().user();
    const { session } = await newSession(caller);
    const { body } = await caller.send('PATCH', `/sessions/${session.id}/settings`, { taps: 64 });
    expect(body).toMatchObject({ code: 'BODY_INVALID', detail: expect.stringContaining('taps') });
  });

  test('a user has so many open sessions at a time, also of twelve that ask at once', async () => {
    const caller = await server().user();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => caller.send('POST', '/sessions', {})),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(3);
    expect(answers.find(({ status }) => status !== 201)!.body.code).toBe('SESSIONS_TOO_MANY');
    await caller.expecting(200, 'POST', `/sessions/${made[0]!.body.session.id}/end`);
    await newSession(caller);
  });

  test('the session of another user is none, for reading, changing, ending and tickets', async () => {
    const [owner, other] = [await server().user(), await server().user('engineer')];
    const { session } = await newSession(owner);
    const path = `/sessions/${session.id}`;
    for (const answer of [
      await other.get(path),
      await other.get(`${path}/history`),
      await other.send('POST', `${path}/tickets`),
      await other.send('POST', `${path}/end`),
      await other.send('PATCH', `${path}/settings`, { intensity: 0 }),
      await other.send('POST', '/jobs', { kind: 'session-report', sessionId: session.id }),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect((await other.get(`/sessions?userId=${owner.userId}`)).body.items).toEqual([]);
    expect((await owner.get(path)).body.state).toBe('created');
  });

  test('an administrator sees and ends sessions of others, but does not speak in them', async () => {
    const [owner, admin] = [await server().user(), await server().user('admin')];
    const { session } = await newSession(owner);
    const path = `/sessions/${session.id}`;
    expect((await admin.get(path)).body.id).toBe(session.id);
    expect((await admin.send('POST', `${path}/tickets`)).status).toBe(404);
    await admin.expecting(200, 'POST', `${path}/end`);
    expect((await owner.get(path)).body.state).toBe('ended');
  });

  test('a ticket opens the WebSocket once; the figures are kept and shown', async () => {
    const { url, user } = server();
    const caller = await user();
    const { session, ticket } = await newSession(caller);
    const audio = await openAudio(url, ticket);
    expect(audio.ready).toMatchObject({ sessionId: session.id, resumed: false });
    expect(await refusalOf(openAudio(url, ticket))).toMatchObject({
      status: 401,
      code: 'TICKET_INVALID',
    });
    await audio.sendChunks(40);
    expect((await caller.get(`/sessions/${session.id}`)).body).toMatchObject({
      state: 'live',
      instance: 'one',
    });
    const engineer = await user('engineer');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const live = (await engineer.get('/stats/sessions')).body;
    expect(live.active).toBeGreaterThanOrEqual(1);
    expect(live.chunksProcessed).toBeGreaterThanOrEqual(30);
    expect(live.latencyMs.p99).toBeGreaterThanOrEqual(live.latencyMs.p50);
    expect((await caller.get('/stats/sessions')).body.code).toBe('ROLE_TOO_LOW');

    const change = await caller.expecting(200, 'PATCH', `/sessions/${session.id}/settings`, {
      intensity: 0.25,
    });
    expect(change.body.intensity).toBe(0.25);
    const ended = await caller.expecting(200, 'POST', `/sessions/${session.id}/end`);
    expect(ended.body).toMatchObject({ state: 'ended', endReason: 'owner' });
    expect(ended.body.stats.chunksProcessed).toBeGreaterThanOrEqual(30);
    expect(ended.body.settings.intensity).toBe(0.25);
    const history = await caller.get(`/sessions/${session.id}/history`);
    expect(history.body.items[0].stats.chunksProcessed).toBe(ended.body.stats.chunksProcessed);
    await audio.closed;
  });

  test('programs open the WebSocket with a token or a key; strangers do not', async () => {
    const { url, user } = server();
    const [owner, other] = [await user(), await user()];
    const { session, ticket } = await newSession(owner);
    const { webSocketPath } = ticket;
    const open = (headers: Record<string, string>, path = webSocketPath) =>
      openAudio(url, { webSocketPath: path }, headers);
    expect(await refusalOf(open({}))).toMatchObject({ status: 401, code: 'NOT_AUTHENTICATED' });
    expect(await refusalOf(open(other.headers))).toMatchObject({
      status: 404,
      code: 'SESSION_UNKNOWN',
    });
    const foreign = (await newSession(other)).ticket.ticket;
    expect(await refusalOf(openAudio(url, { webSocketPath, ticket: foreign }))).toMatchObject({
      status: 401,
      code: 'TICKET_INVALID',
    });
    expect(await refusalOf(open(owner.headers, `/api/v1/sessions/${nobodys}/audio`))).toMatchObject(
      { status: 404, code: 'SESSION_UNKNOWN' },
    );
    expect(await refusalOf(open({ Authorization: 'Bearer nonsense' }))).toMatchObject({
      status: 401,
      code: 'TOKEN_INVALID',
    });
    const wish = { name: 'narrow', scopes: ['sessions:read'] };
    const { body: key } = await owner.expecting(201, 'POST', '/api-keys', wish);
    expect(await refusalOf(open({ 'X-API-Key': key.key }))).toMatchObject({
      status: 403,
      code: 'SCOPE_MISSING',
    });
    const full = await owner.expecting(201, 'POST', '/api-keys', { name: 'all' });
    const byKey = await open({ 'X-API-Key': full.body.key });
    expect(byKey.ready.sessionId).toBe(session.id);
    byKey.close();
    const byToken = await open(owner.headers);
    expect(byToken.ready).toMatchObject({ sessionId: session.id, resumed: true });
    byToken.close();
  });

  test('a page of another origin opens no WebSocket, with a good ticket neither', async () => {
    const { url, user } = server();
    const caller = await user();
    const { ticket } = await newSession(caller);
    for (const Origin of ['https://evil.example', 'null', 'http://127.0.0.1:1'])
      expect(await refusalOf(openAudio(url, ticket, { Origin }))).toMatchObject({
        status: 403,
        code: 'ORIGIN_REFUSED',
      });
    const own = await openAudio(url, ticket, { Origin: url });
    own.close();
  });

  test('an upgrade to somewhere else is refused at once', async () => {
    const { url } = server();
    const refusal = await refusalOf(openAudio(url, { webSocketPath: '/api/v1/elsewhere' }));
    expect(refusal).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
}
