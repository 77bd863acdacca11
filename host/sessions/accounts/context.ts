import type { Config } from '../config/index.ts';
import type { Database } from '../storage/index.ts';
import { createAccessTokens, type AccessTokens } from './access-tokens.ts';
import {
  createPasswordHasher,
  type HasherOptions,
  type PasswordHasher,
} from './password-hasher.ts';
import { createUserStates, type UserStates } from './user-states.ts';

/** What the functions of accounts work with. */
export interface Accounts {
  readonly database: Database;
  readonly rules: Config['accounts'];
  readonly tokens: AccessTokens;
  readonly passwords: PasswordHasher;
  readonly states: UserStates;
  readonly now: () => Date;
}

export interface AccountsOptions {
  readonly database: Database;
  readonly config: Pick<Config, 'accounts' | 'tokens'>;
  readonly hasher?: HasherOptions;
  readonly now?: () => Date;
}

export function createAccounts({
  database,
  config,
  hasher,
  now = () => new Date(),
}: AccountsOptions): Accounts {
  return {
    database,
    rules: config.accounts,
    tokens: createAccessTokens(config.tokens, now),
    passwords: createPasswordHasher(hasher),
    states: createUserStates(database),
    now,
  };
}
