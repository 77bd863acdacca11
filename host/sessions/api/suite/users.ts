import { expect, test } from 'vitest';
import { type TestServer, testPassword } from '../../testing/test-server.ts';
import { wavBytes } from '../../testing/wav-bytes.ts';

export function userSuite(server: () => TestServer): void {
  test('a user sees and renames itself, and no other', async () => {
    const [ada, bob] = [await server().user(), await server().user()];
    expect((await ada.get('/users/me')).body.id).toBe(ada.userId);
    const renamed = await ada.expecting(200, 'PATCH', `/users/${ada.userId}`, { name: 'Ada' });
    expect(renamed.body.name).toBe('Ada');
    expect((await ada.get(`/users/${bob.userId}`)).body.code).toBe('ROLE_TOO_LOW');
    const other = await ada.send('PATCH', `/users/${bob.userId}`, { name: 'x' });
    expect(other.body.code).toBe('ROLE_TOO_LOW');
    const climb = await ada.send('PATCH', `/users/${ada.userId}`, { role: 'admin' });
    expect(climb.body.code).toBe('ROLE_TOO_LOW');
    expect((await ada.get('/users')).body.code).toBe('ROLE_TOO_LOW');
  });

  test('an administrator makes, changes, disables and erases', async () => {
    const { anyone, user } = server();
    const admin = await user('admin');
    const email = `made-${admin.userId}@example.com`;
    const made = { email, password: testPassword, role: 'engineer', name: 'Eve' };
    const { body: eve } = await admin.expecting(201, 'POST', '/users', made);
    expect(eve).toMatchObject({ email, role: 'engineer', disabled: false });
    const login = await anyone.send('POST', '/auth/login', { email, password: testPassword });
    const asEve = anyone.with({ Authorization: `Bearer ${login.body.accessToken}` });
    await asEve.expecting(200, 'GET', '/users/me');

    await admin.expecting(200, 'PATCH', `/users/${eve.id}`, { disabled: true });
    expect((await asEve.get('/users/me')).status).toBeGreaterThanOrEqual(401);
    expect(
      await anyone.send('POST', '/auth/login', { email, password: testPassword }),
    ).toMatchObject({ status: 403, body: { code: 'ACCOUNT_DISABLED' } });

    await admin.expecting(204, 'DELETE', `/users/${eve.id}`);
    expect((await admin.get(`/users/${eve.id}`)).body.code).toBe('USER_NOT_FOUND');
  });

  test('users come in pages without gaps', async () => {
    const admin = await server().user('admin');
    await Promise.all([1, 2, 3].map(() => server().user()));
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 100; pages += 1) {
      const { body } = await admin.get(`/users?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.next === null) break;
      cursor = body.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(
      (await admin.get('/users?limit=200')).body.items.map((u: { id: string }) => u.id),
    ).toEqual(seen);
  });

  test('a new password ends the log-ins; the old one has to be right', async () => {
    const { anyone, user } = server();
    const caller = await user();
    const { email } = (await caller.get('/users/me')).body;
    const next = { oldPassword: testPassword, newPassword: 'Other-Cabin-8-Rows' };
    const wrong = { ...next, oldPassword: 'Wrong-Cabin-8-Rows' };
    expect((await caller.send('POST', '/users/me/password', wrong)).body.code).toBe(
      'CREDENTIALS_WRONG',
    );
    await caller.expecting(204, 'POST', '/users/me/password', next);
    expect((await caller.get('/users/me')).status).toBe(401);
    await anyone.expecting(200, 'POST', '/auth/login', { email, password: next.newPassword });
  });

  test('export holds what is kept, erasing leaves nothing of it', async () => {
    const { user, test: database } = server();
    const caller = await user();
    const { body: made } = await caller.expecting(201, 'POST', '/sessions', { name: 'desk' });
    const upload = await caller.fetch('/recordings?name=train', {
      method: 'POST',
      body: new Uint8Array(wavBytes()),
      headers: { 'Content-Type': 'audio/wav' },
    });
    expect(upload.status).toBe(201);
    const { body } = await caller.get(`/users/${caller.userId}/export`);
    expect(body.tables.sessions).toMatchObject([{ id: made.session.id, name: 'desk' }]);
    expect(JSON.stringify(body)).not.toMatch(/argon2|tokenHash|keyHash|passwordHash/);
    const [file] = body.files;
    expect((await caller.get(file.href.replace('/api/v1', ''))).body).toEqual(wavBytes());

    await caller.expecting(204, 'DELETE', `/users/${caller.userId}`);
    expect((await caller.get('/users/me')).status).toBe(401);
    for (const table of ['users', 'sessions', 'recordings', 'refreshTokens'] as const) {
      const column = table === 'users' ? 'id' : 'userId';
      const rows = await database.database.system((db) =>
        db
          .selectFrom(table)
          .select('id')
          .where(column as 'id', '=', caller.userId)
          .execute(),
      );
      expect(rows, table).toEqual([]);
    }
  });

  test('API keys: shown once, narrowed, revoked', async () => {
    const { anyone, user } = server();
    const engineer = await user('engineer');
    const wish = { name: 'line 3', scopes: ['devices:read'] };
    const { body } = await engineer.expecting(201, 'POST', '/api-keys', wish);
    const key = anyone.with({ 'X-API-Key': body.key });
    expect((await key.get('/devices')).status).toBe(200);
    expect((await key.get('/sessions')).body.code).toBe('SCOPE_MISSING');
    expect((await key.get('/api-keys')).body.code).toBe('KEY_FORBIDDEN');
    const listed = await engineer.get('/api-keys');
    expect(listed.body.items).toMatchObject([{ name: 'line 3', prefix: body.apiKey.prefix }]);
    expect(JSON.stringify(listed.body)).not.toContain(body.key.slice(-20));

    const viewer = await user();
    expect((await viewer.send('DELETE', `/api-keys/${body.apiKey.id}`)).body.code).toBe(
      'API_KEY_NOT_FOUND',
    );
    await engineer.expecting(200, 'DELETE', `/api-keys/${body.apiKey.id}`);
    expect((await key.get('/devices')).body.code).toBe('API_KEY_REVOKED');
    const late = { name: 'late', expiresAt: '2001-01-01T00:00:00Z' };
    expect((await engineer.send('POST', '/api-keys', late)).body.code).toBe('EXPIRY_PAST');
    const beyond = { name: 'x', scopes: ['devices:write'] };
    expect((await viewer.send('POST', '/api-keys', beyond)).body.code).toBe('SCOPE_NOT_ALLOWED');
  });
}
