import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { TestServer } from '../../testing/test-server.ts';

/** Sends a body without end until the server has had enough; what it answered, and how much it took. */
async function neverEnding(url: string, path: string, type: string, unit: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let [answer, bytes] = ['', 0];
  socket.on('data', (data) => (answer += data.toString('latin1')));
  socket.on('error', () => {});
  // `once` of events would end with the error of a connection that the server has closed
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(
    `POST /api/v1${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const chunk = `4000\r\n${unit.repeat(0x4000)}\r\n`;
  const timer = setInterval(() => {
    if (socket.writable && socket.write(chunk)) bytes += chunk.length;
  }, 5);
  await closed;
  clearInterval(timer);
  return { answer, bytes };
}

const json = { 'Content-Type': 'application/json' };

/** Whatever goes wrong answers in one shape: the caller checks it with every answer. */
export function errorSuite(server: () => TestServer): void {
  const post = (body: BodyInit, headers: Record<string, string> = json, path = '/auth/login') =>
    server().anyone.fetch(path, { method: 'POST', body, headers });

  test.each<[string, string, string]>([
    ['half a document', '{"email":', 'BODY_MALFORMED'],
    ['no document', 'email=a', 'BODY_MALFORMED'],
    ['a bare value', '"text"', 'BODY_INVALID'],
    ['an array', '[]', 'BODY_INVALID'],
    ['a hundred thousand brackets', '['.repeat(30_000), 'BODY_MALFORMED'],
    ['deep objects', `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`, 'BODY_INVALID'],
    ['an unknown field', '{"email":"a@b.cc","password":"x","admin":true}', 'BODY_INVALID'],
    [
      'a prototype',
      '{"email":"a@b.cc","password":"x","__proto__":{"role":"admin"}}',
      'BODY_INVALID',
    ],
    ['a wrong type', '{"email":{"$ne":null},"password":"x"}', 'BODY_INVALID'],
    ['a NUL', '{"email":"a\\u0000@b.cc","password":"x"}', 'BODY_INVALID'],
  ])('malformed JSON: %s', async (_name, body, code) => {
    expect((await post(body)).body).toMatchObject({ status: 400, code });
  });

  test('a body that is too large is not read to its end', async () => {
    const { status, body } = await post(`{"email":"${'a'.repeat(200_000)}"}`);
    expect({ status, code: body.code }).toEqual({ status: 413, code: 'CONTENT_TOO_LARGE' });
    expect(body.detail).toBe('the body is larger than 65536 bytes');
    const endless = await neverEnding(server().url, '/auth/login', 'application/json', '[');
    expect(endless.answer).toMatch(/^HTTP\/1\.1 413 [^]*CONTENT_TOO_LARGE/);
    expect(endless.bytes).toBeLessThan(200e6);
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['text, as pages of other origins can send it without asking', 'text/plain'],
    ['XML', 'application/xml'],
  ])('a wrong content type: %s', async (_name, type) => {
    const { status, body } = await post('{}', { 'Content-Type': type });
    expect({ status, code: body.code }).toEqual({ status: 415, code: 'CONTENT_TYPE_UNSUPPORTED' });
  });

  test('a compressed body is refused: small ones may become large', async () => {
    const { body } = await post('x', { ...json, 'Content-Encoding': 'gzip' });
    expect(body).toMatchObject({ status: 415, code: 'CONTENT_TYPE_UNSUPPORTED' });
  });

  test('an address that is not there, a method that does not fit', async () => {
    const { anyone, url } = server();
    expect((await anyone.get('/nothing')).body.code).toBe('NOT_FOUND');
    const wrong = await anyone.send('PUT', '/sessions');
    expect(wrong).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(wrong.headers.get('Allow')).toBe('POST, GET, HEAD, OPTIONS');
    const elsewhere = await fetch(`${url}/nothing`);
    expect(elsewhere.headers.get('Content-Type')).toContain('application/problem+json');
    const bad = await fetch(`${url}/api/v1/sessions/%ff`);
    expect([400, 401]).toContain(bad.status);
  });

  test('queries are held to the document', async () => {
    const caller = await server().user();
    const code = async (query: string) => (await caller.get(`/sessions?${query}`)).body.code;
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=1e3',
      'limit=5&limit=6',
      'state=sleeping',
      'sort=name',
      'from=now',
      "userId=x'%20or%20'1'='1",
      'state[$ne]=live',
    ])
      expect(await code(query), query).toBe('QUERY_INVALID');
    expect(await code('cursor=bm9uc2Vuc2U')).toBe('CURSOR_INVALID');
    expect((await caller.get('/sessions/1%20or%201=1')).body.code).toBe('PATH_INVALID');
  });

  test('HEAD answers as GET without the body, OPTIONS with what there is', async () => {
    const { url } = server();
    const head = await fetch(`${url}/api/v1/health/live`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const options = await fetch(`${url}/api/v1/health/live`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('Allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  test('a request id of a proxy is taken over, one that could break a log is not', async () => {
    const id = async (given: string) => {
      const { headers } = await server().anyone.fetch('/health/live', {
        headers: { 'X-Request-Id': given },
      });
      return headers.get('X-Request-Id');
    };
    expect(await id('proxy-4711.a')).toBe('proxy-4711.a');
    expect(await id('a b')).not.toBe('a b');
    expect(await id('x'.repeat(200))).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('every answer carries the headers of a careful server', async () => {
    const { headers } = await server().anyone.get('/health/live');
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
  });
}
