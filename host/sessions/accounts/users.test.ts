import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../storage/index.ts';
import { seedRows, seedUser } from '../testing/seed.ts';
import { newUser, openTestAccounts } from '../testing/test-accounts.ts';
import { onEachDatabase, openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import {
  authenticateToken,
  changeUser,
  eraseUser,
  exportUser,
  getUser,
  listUsers,
  type Accounts,
  type Principal,
} from './index.ts';

const code = (text: string) => expect.objectContaining({ code: text, hint: expect.any(String) });

onEachDatabase((kind) => {
  let test: TestDatabase;
  let database: Database;
  let accounts: Accounts;
  let admin: Principal;

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    ({ database } = test);
    accounts = openTestAccounts(database);
    admin = await seedUser(database, 'admin');
  });
  afterAll(() => test.remove());

  describe('users', () => {
    it('see themselves, an admin all, page by page', async () => {
      const { principal } = await newUser(accounts);
      expect((await listUsers(accounts, principal, { limit: 10 })).items).toMatchObject([
        { id: principal.userId },
      ]);
      await expect(getUser(accounts, principal, admin.userId)).rejects.toEqual(
        code('USER_NOT_FOUND'),
      );
      const ids = new Set<string>();
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof listUsers>> = await listUsers(accounts, admin, {
          limit: 7,
          cursor,
        });
        for (const { id } of page.items) ids.add(id);
        cursor = page.next;
      } while (cursor);
      const all = await database.system((db) => db.selectFrom('users').select('id').execute());
      expect([...ids].sort()).toEqual(all.map(({ id }) => id).sort());
    });

    it('change their own name, and nothing that an admin changes', async () => {
      const { principal } = await newUser(accounts);
      const { userId } = principal;
      expect(await changeUser(accounts, principal, userId, { name: 'New' })).toMatchObject({
        name: 'New',
      });
      for (const change of [{ role: 'admin' }, { disabled: false }] as const)
        await expect(changeUser(accounts, principal, userId, change)).rejects.toEqual(
          code('ROLE_TOO_LOW'),
        );
      await expect(changeUser(accounts, principal, admin.userId, { name: 'x' })).rejects.toEqual(
        code('ROLE_TOO_LOW'),
      );
    });

    it('always have an admin among them, also when two resign at once', async () => {
      const { userId } = admin;
      for (const change of [{ role: 'viewer' }, { disabled: true }] as const)
        await expect(changeUser(accounts, admin, userId, change)).rejects.toEqual(
          code('LAST_ADMIN'),
        );
      await expect(eraseUser(accounts, admin, userId, async () => {})).rejects.toEqual(
        code('LAST_ADMIN'),
      );
      const second = await seedUser(database, 'admin');
      const both = [userId, second.userId];
      const promote = () =>
        database.system((db) =>
          db.updateTable('users').set({ role: 'admin' }).where('id', 'in', both).execute(),
        );
      for (let round = 0; round < 5; round += 1) {
        const results = await Promise.allSettled([
          changeUser(accounts, admin, userId, { role: 'viewer' }),
          changeUser(accounts, second, second.userId, { role: 'viewer' }),
        ]);
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        await promote();
      }
    });
  });

  describe('export and erase', () => {
    it('export all that is kept of a user, without secrets and without others', async () => {
      const { principal, email } = await newUser(accounts);
      const rows = await seedRows(database, principal);
      const other = await newUser(accounts);
      await seedRows(database, other.principal);
      const mine = await exportUser(accounts, principal);
      for (const [table, found] of Object.entries(mine.tables))
        expect(found.length, table).toBeGreaterThan(0);
      expect(mine.tables['users']).toMatchObject([{ email }]);
      expect(mine.files).toMatchObject([{ recordingId: rows.recordingId, fileKey: rows.fileKey }]);
      const text = JSON.stringify(mine);
      expect(text).not.toContain(other.principal.userId);
      expect(text).not.toMatch(/hash|argon2/i);
      await expect(exportUser(accounts, principal, other.principal.userId)).rejects.toEqual(
        code('ROLE_TOO_LOW'),
      );
      expect((await exportUser(accounts, admin, principal.userId)).files).toHaveLength(1);
    });

    it('erase rows and files, and leave no trace of who it was', async () => {
      const { principal, email } = await newUser(accounts);
      const { userId } = principal;
      await changeUser(accounts, principal, userId, { name: 'Renée Unmistakable' });
      const { fileKey } = await seedRows(database, principal);
      const other = await newUser(accounts);
      await seedRows(database, other.principal);
      const removed: string[] = [];
      await expect(eraseUser(accounts, other.principal, userId, async () => {})).rejects.toEqual(
        code('ROLE_TOO_LOW'),
      );
      await eraseUser(accounts, principal, userId, async (key) => void removed.push(key));
      expect(removed).toEqual([fileKey]);
      const everything = JSON.stringify(
        await database.system(async (db) => [
          await db.selectFrom('users').selectAll().execute(),
          await db.selectFrom('refreshTokens').selectAll().execute(),
          await db.selectFrom('apiKeys').selectAll().execute(),
          await db.selectFrom('sessionTickets').selectAll().execute(),
          await db.selectFrom('sessions').selectAll().execute(),
          await db.selectFrom('sessionProgress').selectAll().execute(),
          await db.selectFrom('devices').selectAll().execute(),
          await db.selectFrom('deviceTelemetry').selectAll().execute(),
          await db.selectFrom('recordings').selectAll().execute(),
          await db.selectFrom('noiseEvents').selectAll().execute(),
          await db.selectFrom('auditEvents').selectAll().execute(),
        ]),
      );
      for (const trace of [userId, email, 'Unmistakable']) expect(everything).not.toContain(trace);
      expect(everything).toContain('user.erase');
      expect(everything).toContain(other.principal.userId);
      await expect(eraseUser(accounts, admin, userId, async () => {})).rejects.toEqual(
        code('USER_NOT_FOUND'),
      );
    });

    it('keep the rows when a file cannot be removed, lock the user out, and can be repeated', async () => {
      const { principal, tokens } = await newUser(accounts);
      const { userId } = principal;
      await seedRows(database, principal);
      const failing = eraseUser(accounts, principal, userId, async () => {
        throw new Error('disk');
      });
      await expect(failing).rejects.toThrow('disk');
      await expect(authenticateToken(accounts, tokens.accessToken)).rejects.toEqual(
        code('ACCOUNT_DISABLED'),
      );
      expect((await exportUser(accounts, admin, userId)).files).toHaveLength(1);
      await eraseUser(accounts, admin, userId, async () => {});
      await expect(getUser(accounts, admin, userId)).rejects.toEqual(code('USER_NOT_FOUND'));
    });
  });
});
