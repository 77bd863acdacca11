import { expect, test } from 'vitest';
import type { Answer } from '../../testing/api-caller.ts';
import { type TestServer, testPassword } from '../../testing/test-server.ts';

const cookieOf = ({ headers }: Answer) => headers.getSetCookie()[0] ?? '';

export function authSuite(server: () => TestServer): void {
  test('a browser gets the refresh token in a cookie that scripts do not see', async () => {
    const { anyone, url } = server();
    const body = { email: 'Browser@Example.com', password: testPassword };
    const registered = await anyone.send('POST', '/auth/register', body);
    expect(registered).toMatchObject({
      status: 201,
      body: { refreshToken: null, user: { email: 'browser@example.com', role: 'viewer' } },
    });
    expect(cookieOf(registered)).toMatch(
      /^anc_refresh=[\w-]{43}; Path=\/api\/v1\/auth; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookieOf(registered).split(';')[0]!;
    const next = await anyone.send('POST', '/auth/refresh', {}, { Cookie: cookie, Origin: url });
    expect(next).toMatchObject({ status: 200, body: { refreshToken: null } });
    const me = anyone.with({ Authorization: `Bearer ${next.body.accessToken}` });
    expect((await me.get('/users/me')).body.email).toBe('browser@example.com');

    const second = cookieOf(next).split(';')[0]!;
    const out = await anyone.send('POST', '/auth/logout', {}, { Cookie: second, Origin: url });
    expect(out.status).toBe(204);
    expect(cookieOf(out)).toMatch(/^anc_refresh=; Path=\/api\/v1\/auth; Expires=Thu, 01 Jan 1970/);
    const late = await anyone.send('POST', '/auth/refresh', {}, { Cookie: second, Origin: url });
    expect(late).toMatchObject({ status: 401, body: { code: 'REFRESH_REUSED' } });
  });

  test('a program gets it in the body', async () => {
    const { anyone } = server();
    const credentials = { email: 'program@example.com', password: testPassword };
    await anyone.expecting(201, 'POST', '/auth/register?deliver=body', credentials);
    const login = await anyone.send('POST', '/auth/login?deliver=body', credentials);
    expect(login.headers.getSetCookie()).toEqual([]);
    const { refreshToken } = login.body;
    const next = await anyone.expecting(200, 'POST', '/auth/refresh', { refreshToken });
    expect(next.body.refreshToken).not.toBe(refreshToken);
    await anyone.expecting(204, 'POST', '/auth/logout', { refreshToken: next.body.refreshToken });
  });

  test('a reused refresh token ends all that came from the same log-in', async () => {
    const { anyone, user } = server();
    const { refreshToken: first } = await user();
    const { body } = await anyone.expecting(200, 'POST', '/auth/refresh', { refreshToken: first });
    expect(await anyone.send('POST', '/auth/refresh', { refreshToken: first })).toMatchObject({
      status: 401,
      body: { code: 'REFRESH_REUSED' },
    });
    const thief = { refreshToken: body.refreshToken };
    expect(await anyone.send('POST', '/auth/refresh', thief)).toMatchObject({
      status: 401,
      body: { code: 'REFRESH_REUSED' },
    });
  });

  test('of twenty refreshes at once with one token, one gets the next pair', async () => {
    const { anyone, user } = server();
    const { refreshToken } = await user();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => anyone.send('POST', '/auth/refresh', { refreshToken })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test.each([
    ['a wrong password', { email: 'root@example.com', password: 'Wrong-Cabin-7-Rows' }],
    ['an unknown address', { email: 'nobody@example.com', password: testPassword }],
    ['SQL', { email: `' or 1=1 --`, password: `' or '1'='1` }],
  ])('%s gets the same answer', async (_name, credentials) => {
    const { status, body } = await server().anyone.send('POST', '/auth/login', credentials);
    expect({ status, code: body.code, detail: body.detail }).toEqual({
      status: 401,
      code: 'CREDENTIALS_WRONG',
      detail: 'the address or the password is wrong',
    });
  });

  test.each([
    ['short', 'PASSWORD_WEAK', { password: 'Short-1' }],
    ['of one class', 'PASSWORD_WEAK', { password: 'all lower case here' }],
    ['no address', 'EMAIL_INVALID', { email: 'nobody' }],
    ['taken', 'EMAIL_TAKEN', { email: 'ROOT@example.com' }],
  ])('an account is refused: %s', async (_name, code, wrong) => {
    const body = { email: 'new@example.com', password: testPassword, ...wrong };
    const answer = await server().anyone.send('POST', '/auth/register', body);
    expect(answer.body).toMatchObject({ code, hint: expect.any(String) });
  });

  test('a guest runs sessions, and nothing else', async () => {
    const { anyone } = server();
    const { body } = await anyone.expecting(201, 'POST', '/auth/guest?deliver=body');
    const guest = anyone.with({ Authorization: `Bearer ${body.accessToken}` });
    expect(body.user).toMatchObject({ kind: 'guest', email: null, role: 'viewer' });
    await guest.expecting(201, 'POST', '/sessions', {});
    expect((await guest.get('/devices')).body.code).toBe('GUEST_FORBIDDEN');
    expect((await guest.get('/api-keys')).body.code).toBe('GUEST_FORBIDDEN');
  });
}
