import type { Database } from '../storage/index.ts';
import type { Role } from './principal.ts';

export interface UserState {
  readonly kind: 'user' | 'guest';
  readonly role: Role;
  readonly tokenVersion: number;
  readonly disabled: boolean;
}

/** What may be taken from a user at any time. Looked up for each request, so it is kept for some seconds. */
export interface UserStates {
  /** null: there is no such user */
  of(userId: string): Promise<UserState | null>;
  /** after a change on this instance; the others follow within `keptMs` */
  forget(userId: string): void;
}

export const keptMs = 5_000;
const mostKept = 10_000;

export function createUserStates(database: Database, clock = () => performance.now()): UserStates {
  const kept = new Map<
    string,
    { readonly until: number; readonly state: Promise<UserState | null> }
  >();
  const forget = (userId: string) => void kept.delete(userId);
  return {
    forget,
    of(userId) {
      const known = kept.get(userId);
      if (known && clock() < known.until) return known.state;
      const state = read(database, userId);
      // The oldest first: a Map keeps the order of insertion.
      kept.delete(userId);
      if (kept.size >= mostKept) kept.delete(kept.keys().next().value!);
      const entry = { until: clock() + keptMs, state };
      kept.set(userId, entry);
      state.catch(() => {
        if (kept.get(userId) === entry) kept.delete(userId);
      });
      return state;
    },
  };
}

async function read(database: Database, userId: string): Promise<UserState | null> {
  const row = await database.system((db) =>
    db
      .selectFrom('users')
      .select(['kind', 'role', 'tokenVersion', 'disabledAt'])
      .where('id', '=', userId)
      .executeTakeFirst(),
  );
  if (!row) return null;
  const { kind, role, tokenVersion, disabledAt } = row;
  return { kind, role, tokenVersion, disabled: disabledAt !== null };
}
