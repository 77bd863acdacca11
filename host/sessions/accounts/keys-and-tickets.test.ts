import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultSettings } from '../protocol/index.ts';
import { json, type Database } from '../storage/index.ts';
import { seedUser } from '../testing/seed.ts';
import { accountsLater, newUser, openTestAccounts } from '../testing/test-accounts.ts';
import { onEachDatabase, openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import {
  authenticateKey,
  authenticateToken,
  changeUser,
  createApiKey,
  createGuest,
  databaseTickets,
  getUser,
  issueTicket,
  listApiKeys,
  listUsers,
  refresh,
  removeExpiredTickets,
  removeStaleGuests,
  revokeApiKey,
  spendTicket,
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
    admin = await seedUser(database, 'admin');
  });
  afterAll(() => test.remove());

  describe('API keys', () => {
    it('say who comes with which scopes, and when they were last used', async () => {
      const { principal } = await newUser(accounts);
      const scopes = ['sessions:read', 'recordings:read'] as const;
      const { key, view } = await createApiKey(accounts, principal, { name: 'ci', scopes });
      expect(key).toMatch(/^anc_[0-9a-f]{12}_[\w-]{43}$/);
      expect(view).toMatchObject({ name: 'ci', scopes, lastUsedAt: null, revokedAt: null });
      expect(await authenticateKey(accounts, key)).toEqual({
        ...{ userId: principal.userId, role: 'viewer', kind: 'apiKey', scopes, keyId: view.id },
      });
      const { items } = await listApiKeys(accounts, principal, { limit: 10 });
      expect(items).toMatchObject([{ id: view.id, lastUsedAt: expect.any(Date) }]);
      expect(JSON.stringify(items)).not.toContain(key.slice(-43));
    });

    it('are refused when wrong, expired, revoked, or of a disabled user', async () => {
      const { principal } = await newUser(accounts);
      const expiresAt = new Date(Date.now() + 60_000);
      const made = await createApiKey(accounts, principal, { name: 'k', scopes: null, expiresAt });
      const { key, view } = made;
      const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
      for (const text of [wrong, key.toUpperCase(), `${key}x`, 'anc_', '', `anc_' or 1=1`])
        await expect(authenticateKey(accounts, text)).rejects.toEqual(code('API_KEY_INVALID'));
      await expect(authenticateKey(later(61), key)).rejects.toEqual(code('API_KEY_EXPIRED'));
      await changeUser(accounts, admin, principal.userId, { disabled: true });
      await expect(authenticateKey(accounts, key)).rejects.toEqual(code('ACCOUNT_DISABLED'));
      await changeUser(accounts, admin, principal.userId, { disabled: false });
      await revokeApiKey(accounts, principal, view.id);
      await expect(authenticateKey(accounts, key)).rejects.toEqual(code('API_KEY_REVOKED'));
      await expect(
        createApiKey(accounts, principal, { name: 'k', scopes: null, expiresAt: new Date(0) }),
      ).rejects.toEqual(code('EXPIRY_PAST'));
    });

    it('are not another’s to see or revoke, are an admin’s to revoke', async () => {
      const [one, two] = [await newUser(accounts), await newUser(accounts)];
      const { view } = await createApiKey(accounts, one.principal, { name: 'k', scopes: null });
      await expect(revokeApiKey(accounts, two.principal, view.id)).rejects.toEqual(
        code('API_KEY_NOT_FOUND'),
      );
      expect((await listApiKeys(accounts, two.principal, { limit: 10 })).items).toEqual([]);
      expect((await revokeApiKey(accounts, admin, view.id)).revokedAt).toBeInstanceOf(Date);
    });

    it('do not make keys, and give no scope that their owner has not', async () => {
      const { principal } = await newUser(accounts);
      const { key } = await createApiKey(accounts, principal, { name: 'k', scopes: null });
      const byKey = await authenticateKey(accounts, key);
      await expect(createApiKey(accounts, byKey, { name: 'k', scopes: null })).rejects.toEqual(
        code('KEY_FORBIDDEN'),
      );
      await expect(
        createApiKey(accounts, principal, { name: 'k', scopes: ['devices:write'] }),
      ).rejects.toEqual(code('SCOPE_NOT_ALLOWED'));
    });

    it('are 50 a user at most, also when many are made at once', async () => {
      const { principal } = await newUser(accounts);
      const results = await Promise.allSettled(
        Array.from({ length: 55 }, () =>
          createApiKey(accounts, principal, { name: 'k', scopes: null }),
        ),
      );
      const refused = results.filter((r) => r.status === 'rejected');
      expect(refused).toHaveLength(5);
      expect(refused[0]).toMatchObject({ reason: { code: 'API_KEYS_TOO_MANY' } });
    });
  });

  describe('guests', () => {
    it('are viewers without an address, who refresh but cannot log in', async () => {
      const { user, tokens } = await createGuest(accounts);
      expect(user).toMatchObject({ kind: 'guest', email: null, role: 'viewer' });
      const next = await refresh(accounts, tokens.refreshToken);
      expect(await authenticateToken(accounts, next.accessToken)).toMatchObject({
        kind: 'guest',
        role: 'viewer',
      });
      await expect(changeUser(accounts, admin, user.id, { role: 'admin' })).rejects.toEqual(
        code('GUEST_ROLE'),
      );
    });

    it('can be turned away', async () => {
      const closed = openTestAccounts(database, { rules: { guests: false } });
      await expect(createGuest(closed)).rejects.toEqual(code('GUESTS_CLOSED'));
    });

    it('go when nothing of theirs lives any more, and users stay', async () => {
      await createGuest(accounts);
      expect(await removeStaleGuests(accounts)).toBe(0);
      expect(await removeStaleGuests(later(31 * 86_400))).toBeGreaterThan(0);
      const { items } = await listUsers(accounts, admin, { limit: 100, kind: 'guest' });
      expect(items).toEqual([]);
      expect((await getUser(accounts, admin, admin.userId)).role).toBe('admin');
    });
  });

  describe('tickets', () => {
    const newSession = async () => {
      const { principal } = await newUser(accounts);
      const { id } = await database.as(principal, (db) =>
        db
          .insertInto('sessions')
          .values({ userId: principal.userId, settings: json(defaultSettings) })
          .returning('id')
          .executeTakeFirstOrThrow(),
      );
      return { userId: principal.userId, sessionId: id };
    };

    it('are good once, for their session, for a minute', async () => {
      const store = databaseTickets(database);
      const bearer = await newSession();
      const other = await newSession();
      const { ticket } = await issueTicket(store, bearer);
      expect(await spendTicket(store, ticket, bearer.sessionId)).toEqual(bearer);
      await expect(spendTicket(store, ticket, bearer.sessionId)).rejects.toEqual(
        code('TICKET_INVALID'),
      );
      // For another session it is refused, and spent.
      const { ticket: stolen } = await issueTicket(store, bearer);
      for (const sessionId of [other.sessionId, bearer.sessionId])
        await expect(spendTicket(store, stolen, sessionId)).rejects.toEqual(code('TICKET_INVALID'));
      await expect(spendTicket(store, 'made up', bearer.sessionId)).rejects.toEqual(
        code('TICKET_INVALID'),
      );
    });

    it('are not good after their time, and are removed then', async () => {
      const store = databaseTickets(database);
      await store.put('a'.repeat(64), await newSession(), -1);
      await store.put('b'.repeat(64), await newSession(), 60);
      expect(await removeExpiredTickets(database)).toBe(1);
      await store.put('a'.repeat(64), await newSession(), -1);
      expect(await store.take('a'.repeat(64))).toBeNull();
      expect(await store.take('b'.repeat(64))).not.toBeNull();
    });

    it('go to one of many that come at once', async () => {
      const store = databaseTickets(database);
      const bearer = await newSession();
      const { ticket } = await issueTicket(store, bearer);
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => spendTicket(store, ticket, bearer.sessionId)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('are not made for another user’s session', async () => {
      const [mine, theirs] = [await newSession(), await newSession()];
      const forged = { userId: mine.userId, sessionId: theirs.sessionId };
      await expect(issueTicket(databaseTickets(database), forged)).rejects.toMatchObject({
        code: '23503',
      });
    });
  });
});
