import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../storage/index.ts';
import {
  accountsLater,
  newUser,
  openTestAccounts,
  testPassword as password,
} from '../testing/test-accounts.ts';
import { onEachDatabase, openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import {
  authenticate,
  authenticateToken,
  changePassword,
  changeUser,
  createApiKey,
  createUser,
  eraseUser,
  login,
  logout,
  refresh,
  register,
  removeExpiredTokens,
  type Accounts,
  type Principal,
} from './index.ts';

const code = (text: string) => expect.objectContaining({ code: text, hint: expect.any(String) });

onEachDatabase((kind) => {
  let test: TestDatabase;
  let database: Database;
  let accounts: Accounts;
  let admin: Principal;
  const later = (seconds: number) => accountsLater(database, seconds);

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    ({ database } = test);
    accounts = openTestAccounts(database);
  });
  afterAll(() => test.remove());

  describe('registration', () => {
    it('makes the first user an admin, and of many at once only one', async () => {
      const users = await Promise.all(
        Array.from({ length: 5 }, (_, i) =>
          register(accounts, { email: `First${i}@Example.com `, password, name: 'n' }),
        ),
      );
      const [first, ...others] = users.filter(({ role }) => role === 'admin');
      expect(others).toEqual([]);
      expect(users.filter(({ role }) => role === 'viewer')).toHaveLength(4);
      expect(first!.email).toMatch(/^first\d@example\.com$/);
      expect(first).not.toHaveProperty('passwordHash');
      admin = { userId: first!.id, role: 'admin', kind: 'user', scopes: null, keyId: null };
    });

    it('takes an address once, however it is written', async () => {
      await expect(register(accounts, { email: 'FIRST1@example.COM', password })).rejects.toEqual(
        code('EMAIL_TAKEN'),
      );
    });

    it.each([
      '',
      'a',
      '@b.c',
      'a@b',
      'a b@c.d',
      'a@b.c\nx',
      'a@b.c, d@e.f',
      `${'a'.repeat(250)}@b.cd`,
    ])('refuses the address %s', async (email) => {
      const made = register(accounts, { email: email, password });
      await expect(made).rejects.toEqual(code('EMAIL_INVALID'));
    });

    it('refuses a weak password', async () => {
      await expect(
        register(accounts, { email: 'weak@example.com', password: 'Password123!' }),
      ).rejects.toEqual(code('PASSWORD_WEAK'));
    });

    it('can be closed, and then only admins make users', async () => {
      const closed = openTestAccounts(database, { rules: { registration: false } });
      const user = { email: 'made@example.com', password };
      await expect(register(closed, user)).rejects.toEqual(code('REGISTRATION_CLOSED'));
      const made = await createUser(closed, admin, { ...user, role: 'engineer' });
      expect(made.role).toBe('engineer');
      const viewer = { ...admin, userId: made.id, role: 'viewer' } as const;
      await expect(
        createUser(closed, viewer, { email: 'x@example.com', password, role: 'admin' }),
      ).rejects.toEqual(code('ROLE_TOO_LOW'));
    });
  });

  describe('log-in', () => {
    it('gives tokens to who knows the password, whatever the case of the address', async () => {
      const { email } = await newUser(accounts);
      const { user } = await login(accounts, { email: ` ${email.toUpperCase()}`, password });
      expect(user).toMatchObject({ email, role: 'viewer', lastLoginAt: expect.any(Date) });
    });

    it.each([
      ['an unknown address', { email: 'nobody@example.com' }],
      ['a wrong password', { password: `${password}x` }],
      ['SQL as the address', { email: `' or '1'='1` }],
      ['U+0000 in the address', { email: 'first0@example.com\0' }],
      ['a very long password', { password: 'x'.repeat(1e6) }],
      ['nothing', { email: '', password: '' }],
    ])('says the same to %s', async (_, wrong) => {
      const { email } = await newUser(accounts);
      await expect(login(accounts, { email, password, ...wrong })).rejects.toMatchObject({
        code: 'CREDENTIALS_WRONG',
        message: 'the address or the password is wrong',
      });
    });

    // PGlite does one after the other.
    const logIns = kind === 'pglite' ? 200 : 1000;
    it(`works ${logIns} times, 50 at once, each for its own user, and for no wrong password`, async () => {
      const users = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const email = `many${i}@example.com`;
          const own = `${password}-${i}`;
          const { id } = await register(accounts, { email, password: own });
          return { id, email, own };
        }),
      );
      const isAsItShould = async (i: number) => {
        const { id, email, own } = users[i % users.length]!;
        // Every fifth with the password of the next user.
        const isWrong = i % 5 === 4;
        const given = isWrong ? users[(i + 1) % users.length]!.own : own;
        const outcome = await login(accounts, { email, password: given }).catch(
          (error: { code: string }) => error.code,
        );
        if (typeof outcome === 'string') return isWrong && outcome === 'CREDENTIALS_WRONG';
        const { userId } = await accounts.tokens.verify(outcome.tokens.accessToken);
        return !isWrong && outcome.user.id === id && userId === id;
      };
      let next = 0;
      let right = 0;
      const client = async () => {
        while (next < logIns) if (await isAsItShould(next++)) right += 1;
      };
      await Promise.all(Array.from({ length: 50 }, client));
      expect(right).toBe(logIns);
    }, 60_000);

    it('hashes again what was hashed with other costs', async () => {
      const { email, principal } = await newUser(accounts);
      const stronger = openTestAccounts(database, { hasher: { memoryKib: 128, passes: 1 } });
      await login(stronger, { email, password });
      const { passwordHash } = await database.system((db) =>
        db
          .selectFrom('users')
          .select('passwordHash')
          .where('id', '=', principal.userId)
          .executeTakeFirstOrThrow(),
      );
      expect(passwordHash).toContain('m=128,t=1');
      await login(accounts, { email, password });
    });
  });

  describe('access', () => {
    it('is by token, by key, or nobody’s', async () => {
      const { tokens, principal } = await newUser(accounts);
      const authorization = `Bearer ${tokens.accessToken}`;
      expect(await authenticate(accounts, { authorization })).toEqual(principal);
      expect(await authenticate(accounts, {})).toBeNull();
      const { key, view } = await createApiKey(accounts, principal, { name: 'k', scopes: null });
      expect(await authenticate(accounts, { authorization, apiKey: key })).toMatchObject({
        kind: 'apiKey',
        keyId: view.id,
      });
      for (const wrong of ['Basic YTpi', 'Bearer', 'Bearer a b', tokens.accessToken])
        await expect(authenticate(accounts, { authorization: wrong })).rejects.toEqual(
          code('AUTHORIZATION_INVALID'),
        );
    });

    it('ends after 15 minutes, and at once for a user who is disabled, erased or has another password', async () => {
      const { tokens, principal, email } = await newUser(accounts);
      await expect(authenticateToken(later(901), tokens.accessToken)).rejects.toEqual(
        code('TOKEN_EXPIRED'),
      );
      await changeUser(accounts, admin, principal.userId, { disabled: true });
      await expect(authenticateToken(accounts, tokens.accessToken)).rejects.toEqual(
        code('ACCOUNT_DISABLED'),
      );
      await expect(login(accounts, { email, password })).rejects.toEqual(code('ACCOUNT_DISABLED'));
      await expect(refresh(accounts, tokens.refreshToken)).rejects.toMatchObject({
        code: expect.stringMatching(/^(ACCOUNT_DISABLED|REFRESH_REUSED)$/),
      });
      await changeUser(accounts, admin, principal.userId, { disabled: false });
      // Enabled again, but what was logged in stays logged out.
      await expect(authenticateToken(accounts, tokens.accessToken)).rejects.toEqual(
        code('TOKEN_REVOKED'),
      );
      const again = await login(accounts, { email, password });
      const newPassword = `${password}-2`;
      await changePassword(accounts, principal, { oldPassword: password, newPassword });
      await expect(authenticateToken(accounts, again.tokens.accessToken)).rejects.toEqual(
        code('TOKEN_REVOKED'),
      );
      await expect(refresh(accounts, again.tokens.refreshToken)).rejects.toEqual(
        code('REFRESH_REUSED'),
      );
      await expect(login(accounts, { email, password })).rejects.toEqual(code('CREDENTIALS_WRONG'));
      const last = await login(accounts, { email, password: newPassword });
      await eraseUser(accounts, principal, principal.userId, async () => {});
      await expect(authenticateToken(accounts, last.tokens.accessToken)).rejects.toEqual(
        code('TOKEN_REVOKED'),
      );
    });

    it('follows a change of role at once', async () => {
      const { tokens, principal } = await newUser(accounts);
      await changeUser(accounts, admin, principal.userId, { role: 'engineer' });
      expect((await authenticateToken(accounts, tokens.accessToken)).role).toBe('engineer');
    });

    it('needs the old password, and a good new one, to change it', async () => {
      const { principal } = await newUser(accounts);
      await expect(
        changePassword(accounts, principal, { oldPassword: 'no', newPassword: `${password}2` }),
      ).rejects.toEqual(code('CREDENTIALS_WRONG'));
      await expect(
        changePassword(accounts, principal, { oldPassword: password, newPassword: 'short' }),
      ).rejects.toEqual(code('PASSWORD_WEAK'));
    });
  });

  describe('refresh tokens', () => {
    it('are exchanged, each once', async () => {
      const { tokens, principal } = await newUser(accounts);
      const second = await refresh(accounts, tokens.refreshToken);
      const third = await refresh(accounts, second.refreshToken);
      expect(new Set([tokens, second, third].map((pair) => pair.refreshToken)).size).toBe(3);
      expect(await authenticateToken(accounts, third.accessToken)).toEqual(principal);
    });

    it('end with all that came from the same log-in when one comes twice, and leave other log-ins', async () => {
      const { tokens, email } = await newUser(accounts);
      const other = await login(accounts, { email, password });
      const second = await refresh(accounts, tokens.refreshToken);
      const third = await refresh(accounts, second.refreshToken);
      await expect(refresh(accounts, tokens.refreshToken)).rejects.toEqual(code('REFRESH_REUSED'));
      await expect(refresh(accounts, third.refreshToken)).rejects.toEqual(code('REFRESH_REUSED'));
      await refresh(accounts, other.tokens.refreshToken);
      const events = await database.system((db) =>
        db.selectFrom('auditEvents').select('id').where('action', '=', 'token.reuse').execute(),
      );
      expect(events.length).toBeGreaterThan(0);
    });

    it('are given to at most one of many that come at once, and nothing of the family survives', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { tokens } = await newUser(accounts);
        const second = await refresh(accounts, tokens.refreshToken);
        // Some bring the newest, one an old one of the same family.
        const results = await Promise.allSettled([
          ...Array.from({ length: 6 }, () => refresh(accounts, second.refreshToken)),
          refresh(accounts, tokens.refreshToken),
        ]);
        const given = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []));
        expect(given.length).toBeLessThanOrEqual(1);
        for (const { refreshToken } of given)
          await expect(refresh(accounts, refreshToken)).rejects.toEqual(code('REFRESH_REUSED'));
      }
    });

    it.each(['', 'x', 'a'.repeat(43), `' or 1=1 --`, '\0'])(
      'that are not known: %s',
      async (text) => {
        await expect(refresh(accounts, text)).rejects.toEqual(code('REFRESH_INVALID'));
      },
    );

    it('expire, and are removed then', async () => {
      const { tokens } = await newUser(accounts);
      const after = later(31 * 86_400);
      await expect(refresh(after, tokens.refreshToken)).rejects.toEqual(code('REFRESH_EXPIRED'));
      expect(await removeExpiredTokens(accounts)).toBe(0);
      expect(await removeExpiredTokens(after)).toBeGreaterThan(0);
      await expect(refresh(accounts, tokens.refreshToken)).rejects.toEqual(code('REFRESH_INVALID'));
    });

    it('end with a logout, the second of which does no harm', async () => {
      const { tokens } = await newUser(accounts);
      const second = await refresh(accounts, tokens.refreshToken);
      await logout(accounts, tokens.refreshToken);
      await logout(accounts, tokens.refreshToken);
      await logout(accounts, 'unknown');
      await expect(refresh(accounts, second.refreshToken)).rejects.toEqual(code('REFRESH_REUSED'));
    });

    it('and keys are stored as hashes only', async () => {
      const { tokens, principal } = await newUser(accounts);
      const { key } = await createApiKey(accounts, principal, { name: 'k', scopes: null });
      const stored = JSON.stringify(
        await database.system(async (db) => [
          await db.selectFrom('refreshTokens').selectAll().execute(),
          await db.selectFrom('apiKeys').selectAll().execute(),
          await db.selectFrom('users').selectAll().execute(),
        ]),
      );
      for (const secret of [tokens.refreshToken, tokens.accessToken, key.slice(-43), password])
        expect(stored).not.toContain(secret);
    });
  });
});
