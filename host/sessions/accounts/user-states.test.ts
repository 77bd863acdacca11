import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedUser } from '../testing/seed.ts';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { createUserStates, keptMs } from './user-states.ts';

describe('the state of users', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await openTestDatabase('pglite');
  });
  afterAll(() => test.remove());

  const setRole = (id: string, role: 'viewer' | 'engineer') =>
    test.database.system((db) =>
      db.updateTable('users').set({ role }).where('id', '=', id).execute(),
    );

  it('is at most 5 s old on another instance, and new at once where it was changed', async () => {
    let clock = 0;
    const here = createUserStates(test.database, () => clock);
    const there = createUserStates(test.database, () => clock);
    const { userId } = await seedUser(test.database);
    for (const states of [here, there])
      expect(await states.of(userId)).toMatchObject({ role: 'viewer', disabled: false });
    await setRole(userId, 'engineer');
    here.forget(userId);
    expect((await here.of(userId))!.role).toBe('engineer');
    clock = keptMs - 1;
    expect((await there.of(userId))!.role).toBe('viewer');
    clock = keptMs;
    expect((await there.of(userId))!.role).toBe('engineer');
    expect(keptMs).toBe(5000);
  });

  it('of nobody is null, and an error is not kept', async () => {
    const states = createUserStates(test.database, () => 0);
    expect(await states.of(randomUUID())).toBeNull();
    const { userId } = await seedUser(test.database);
    let isAway = true;
    const flaky = createUserStates(
      {
        ...test.database,
        system: (work) => (isAway ? Promise.reject(new Error('away')) : test.database.system(work)),
      },
      () => 0,
    );
    await expect(flaky.of(userId)).rejects.toThrow('away');
    isAway = false;
    expect(await flaky.of(userId)).toMatchObject({ role: 'viewer' });
  });
});
