import type { Role } from './principal.ts';

/** What the API shows of a user. */
export interface UserView {
  readonly id: string;
  readonly kind: 'user' | 'guest';
  readonly email: string | null;
  readonly name: string;
  readonly role: Role;
  readonly disabledAt: Date | null;
  readonly lastLoginAt: Date | null;
  readonly createdAt: Date;
}

/** Columns of a `UserView`; all of them may be read by `anc_app`. */
export const userColumns = [
  'id',
  'kind',
  'email',
  'name',
  'role',
  'disabledAt',
  'lastLoginAt',
  'createdAt',
] as const;
