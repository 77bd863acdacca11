import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAccessTokens } from '../../accounts/index.ts';
import type { ApiCaller } from '../../testing/api-caller.ts';
import { type TestServer, testPassword } from '../../testing/test-server.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
const headerOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as Record<string, unknown>;
const tokenOf = ({ headers }: ApiCaller) => headers['Authorization']!.slice('Bearer '.length);

/** Sent where they would do harm; what the database says must not change by them. */
const injections = [
  `'; drop table users; --`,
  `' or '1'='1`,
  `x') union select password_hash from users --`,
  `\\'; select pg_sleep(5); --`,
  '${7*7}{{7*7}}',
  `'||(select set_config('app.current_role','admin',false))||'`,
];

export function attackSuite(server: () => TestServer): void {
  const refused = async (headers: Record<string, string>, status: number, code: string) => {
    const answer = await server().anyone.with(headers).get('/sessions');
    expect(answer).toMatchObject({ status, body: { code } });
    if (status === 401) expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="anc"');
  };
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  test('no token, and what is none', async () => {
    await refused({}, 401, 'NOT_AUTHENTICATED');
    await refused({ Authorization: 'Basic cm9vdDpyb290' }, 401, 'AUTHORIZATION_INVALID');
    await refused(bearer('x'), 401, 'TOKEN_INVALID');
    await refused(bearer('a.b.c'), 401, 'TOKEN_INVALID');
    await refused({ 'X-API-Key': 'anc_000000000000_x' }, 401, 'API_KEY_INVALID');
    await refused({ 'X-API-Key': `anc_000000000000_${'A'.repeat(43)}` }, 401, 'API_KEY_INVALID');
    const caller = await server().user();
    const both = { ...caller.headers, 'X-API-Key': 'anc_x' };
    await refused(both, 400, 'CREDENTIALS_SEVERAL');
  });

  test('an expired token, and one from the future of another key', async () => {
    const { config, user } = server();
    const { userId } = await user();
    const anHourAgo = () => new Date(Date.now() - 3_600_000);
    const old = await createAccessTokens(config.tokens, anHourAgo).sign({ userId, version: 1 });
    await refused(bearer(old.token), 401, 'TOKEN_EXPIRED');
    const foreign = createAccessTokens({ secret: 'another secret of thirty-two bytes' });
    const forged = await foreign.sign({ userId, version: 1 });
    await refused(bearer(forged.token), 401, 'TOKEN_INVALID');
  });

  test('alg none, another algorithm, and every byte that was tampered with', async () => {
    const { user } = server();
    const [caller, admin] = [await user(), await user('admin')];
    const token = tokenOf(caller);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      const unsigned = part({ ...headerOf(token), alg });
      await refused(bearer(`${unsigned}.${payload}.`), 401, 'TOKEN_INVALID');
      await refused(bearer(`${unsigned}.${payload}.${signature}`), 401, 'TOKEN_INVALID');
    }
    const other = part({ ...claimsOf(token), sub: admin.userId });
    await refused(bearer(`${header}.${other}.${signature}`), 401, 'TOKEN_INVALID');
    for (const alg of ['HS384', 'HS512', 'RS256']) {
      const head = part({ ...headerOf(token), alg });
      const hash = createHmac(alg === 'HS384' ? 'sha384' : 'sha512', server().config.tokens.secret);
      const signed = hash.update(`${head}.${payload}`).digest('base64url');
      await refused(bearer(`${head}.${payload}.${signed}`), 401, 'TOKEN_INVALID');
    }
    for (let at = 0; at < signature.length; at += 7) {
      const flipped = signature[at] === 'A' ? 'B' : 'A';
      const changed = signature.slice(0, at) + flipped + signature.slice(at + 1);
      await refused(bearer(`${header}.${payload}.${changed}`), 401, 'TOKEN_INVALID');
    }
    await caller.expecting(200, 'GET', '/sessions');
  });

  test.each(injections)('SQL injection: %s', async (text) => {
    const caller = await server().user('engineer');
    const before = (await caller.get('/users/me')).body;
    const made = await caller.expecting(201, 'POST', '/sessions', { name: text });
    expect(made.body.session.name).toBe(text);
    const query = encodeURIComponent(text);
    for (const path of [
      `/sessions?userId=${query}`,
      `/sessions?cursor=${query}`,
      `/devices?board=${query}`,
      `/devices?serialNumber=${query}`,
      `/sessions/${query}`,
      `/recordings/${query}`,
      `/jobs?subjectId=${query}`,
      `/noise-events?kind=${query}`,
    ]) {
      const startedMs = performance.now();
      const { status, body } = await caller.get(path);
      expect(performance.now() - startedMs).toBeLessThan(4000);
      if (status === 200) expect(body.items, path).toEqual([]);
      else expect(status, path).toBe(400);
    }
    const login = { email: text, password: text };
    const answer = await server().anyone.send('POST', '/auth/login', login);
    expect(answer.body.code).toBe('CREDENTIALS_WRONG');
    await caller.expecting(200, 'PATCH', `/users/${caller.userId}`, { name: text });
    expect((await caller.get('/users/me')).body).toEqual({ ...before, name: text });
  });

  test('a page of another origin changes nothing, with whatever credentials', async () => {
    const { anyone, url, user } = server();
    const caller = await user();
    for (const Origin of ['https://evil.example', 'null', `${url}.evil.example`, `${url}0`]) {
      const made = await caller.send('POST', '/sessions', {}, { Origin });
      expect(made).toMatchObject({ status: 403, body: { code: 'ORIGIN_REFUSED' } });
      expect(made.headers.get('Access-Control-Allow-Origin')).toBeNull();
      const read = await caller.fetch('/sessions', { headers: { Origin } });
      expect(read.headers.get('Access-Control-Allow-Origin')).toBeNull();
      const preflight = await fetch(`${url}/api/v1/sessions`, {
        method: 'OPTIONS',
        headers: { Origin, 'Access-Control-Request-Method': 'POST' },
      });
      expect(preflight.headers.get('Access-Control-Allow-Origin')).toBeNull();
    }
    expect((await caller.get('/sessions')).body.items).toEqual([]);

    const login = await anyone.send('POST', '/auth/login', {
      email: 'root@example.com',
      password: testPassword,
    });
    const Cookie = login.headers.getSetCookie()[0]!.split(';')[0]!;
    const foreign: Record<string, string>[] = [
      { Cookie, Origin: 'https://evil.example' },
      { Cookie },
    ];
    for (const headers of foreign) {
      const answer = await anyone.send('POST', '/auth/refresh', {}, headers);
      expect(answer).toMatchObject({ status: 403, body: { code: 'ORIGIN_REFUSED' } });
    }
    await caller.expecting(201, 'POST', '/sessions', {});
    const own = await anyone.send('POST', '/auth/refresh', {}, { Cookie, Origin: url });
    expect(own.status).toBe(200);
  });

  test('an origin that the operator named is let in', async () => {
    const { url, user } = server();
    const caller = await user();
    const Origin = 'https://panel.example';
    const made = await caller.send('POST', '/sessions', {}, { Origin });
    expect(made.status).toBe(201);
    expect(made.headers.get('Access-Control-Allow-Origin')).toBe(Origin);
    const preflight = await fetch(`${url}/api/v1/sessions`, {
      method: 'OPTIONS',
      headers: { Origin, 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('POST');
    expect(preflight.headers.get('Vary')).toContain('Origin');
  });

  test('the metrics are for this machine', async () => {
    const { url } = server();
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('anc_sessions_active');
    expect(text).toContain('anc_http_request_duration_seconds');
    expect(text).not.toContain('anc_x_');
  });
}
