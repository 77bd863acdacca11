/** Accounts on a test database. Hashing is cheap here; what it costs in earnest has a test of its own. */
import {
  authenticateToken,
  createAccounts,
  login,
  register,
  type Accounts,
  type AccountsOptions,
  type Principal,
  type SessionTokens,
} from '../accounts/index.ts';
import type { Database } from '../storage/index.ts';

export const testPassword = 'Correct-Horse-7-Battery';

export function openTestAccounts(
  database: Database,
  more: Partial<AccountsOptions> & { readonly rules?: Partial<Accounts['rules']> } = {},
): Accounts {
  const { rules, ...options } = more;
  return createAccounts({
    database,
    config: {
      accounts: { registration: true, firstUserIsAdmin: true, guests: true, ...rules },
      tokens: { secret: 'k'.repeat(43), previousSecret: null },
    },
    hasher: { memoryKib: 64, passes: 1, parallel: 2 },
    ...options,
  });
}

/** The same accounts, by a clock that is some seconds ahead. */
export function accountsLater(database: Database, seconds: number): Accounts {
  return openTestAccounts(database, { now: () => new Date(Date.now() + seconds * 1000) });
}

let count = 0;

/** Registered with `testPassword`, and logged in. */
export async function newUser(
  accounts: Accounts,
): Promise<{ email: string; tokens: SessionTokens; principal: Principal }> {
  count += 1;
  const email = `user${count}@example.com`;
  await register(accounts, { email, password: testPassword });
  const { tokens } = await login(accounts, { email, password: testPassword });
  return { email, tokens, principal: await authenticateToken(accounts, tokens.accessToken) };
}
