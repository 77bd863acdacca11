import { describe, expect, it } from 'vitest';
import { createPasswordHasher } from './password-hasher.ts';
import { brokenRules, checkPassword } from './password-rules.ts';

const email = 'maria.lopez@example.com';

describe('password rules', () => {
  it.each([
    'Correct-Horse-7-Battery',
    'tR7#kqLw9!zB',
    'Größe der Ohren: 7',
    'Zug nach Łódź um 7!',
    '👂 Zwölf Zeichen 1',
  ])('take %s', (password) => {
    expect(brokenRules(password, email)).toEqual([]);
  });

  it.each([
    ['Ab1!', ['at least 12']],
    [`${'Ab1!x'.repeat(30)}`, ['at most 128']],
    ['correct-horse-7-battery', ['upper-case']],
    ['CORRECT-HORSE-7-BATTERY', ['lower-case']],
    ['Correct-Horse-Battery', ['a digit']],
    ['CorrectHorse7Battery', ['special']],
    ['x Maria.Lopez 7! y', ['before the @']],
    ['abc', ['at least 12', 'upper-case', 'a digit', 'special', 'commonest']],
    ['Password123!', ['commonest']],
    ['P@ssw0rd2024!!', ['commonest']],
    ['!!!QWERTY-qwerty1', ['commonest']],
    ['Welcome.2026.!', ['commonest']],
    ['Admin#Admin#1', ['commonest']],
  ])('name what is wrong with %s', (password, expected) => {
    const broken = brokenRules(password, email);
    expect(broken).toHaveLength(expected.length);
    expected.forEach((part, i) => expect(broken[i]).toContain(part));
    expect(() => checkPassword(password, email)).toThrow(
      expect.objectContaining({ code: 'PASSWORD_WEAK', hint: expect.any(String) }),
    );
  });

  it('count characters, not units of them, and say how many there are', () => {
    expect(brokenRules('👂👂👂👂👂Aa1', email)).toEqual(['needs at least 12 characters, it has 8']);
  });
});

describe('password hasher', () => {
  it('makes argon2id with 19 MiB and 2 passes, salted', async () => {
    const hasher = createPasswordHasher();
    const [one, two] = await Promise.all([hasher.hash('same'), hasher.hash('same')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, 'same')).toBe(true);
    expect(await hasher.verify(one, 'Same')).toBe(false);
    expect(hasher.isOutdated(one)).toBe(false);
    expect(createPasswordHasher({ passes: 3 }).isOutdated(one)).toBe(true);
  });

  it('takes a password as the same however its accents are composed', async () => {
    const hasher = createPasswordHasher({ memoryKib: 64, passes: 1 });
    expect(await hasher.verify(await hasher.hash('Gr\u00f6\u00dfe'), 'Gro\u0308\u00dfe')).toBe(
      true,
    );
  });

  it('does the same work for an account that is not there', async () => {
    const hasher = createPasswordHasher();
    const stored = await hasher.hash('right');
    await hasher.verify(null, 'warm up');
    const time = async (hash: string | null) => {
      const runs: number[] = [];
      for (let i = 0; i < 9; i += 1) {
        const start = process.cpuUsage();
        expect(await hasher.verify(hash, 'wrong')).toBe(false);
        const { user, system } = process.cpuUsage(start);
        runs.push(user + system);
      }
      return runs.sort((a, b) => a - b)[4]!;
    };
    const [there, nobody] = [await time(stored), await time(null)];
    // CPU time, so that other work of the machine does not count; a shortcut would be a hundred times faster.
    expect(nobody / there).toBeGreaterThan(0.5);
    expect(nobody / there).toBeLessThan(2);
  });

  it('works on a few at once, and refuses when too many wait', async () => {
    const hasher = createPasswordHasher({ memoryKib: 1024, passes: 1, parallel: 2, waiting: 5 });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => hasher.hash('x')));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: { code: 'TOO_MANY_LOGINS' } });
    // The places are free again.
    expect(await hasher.hash('x')).toContain('argon2id');
  });
});
