import { may, type Permission } from '../../../host/sessions/accounts/permissions.ts';
import type { User } from '../shared/api-client.ts';

/** By the server’s own table. The server checks again: this only spares people what it would refuse. */
export function mayDo(user: User | null, permission: Permission): boolean {
  if (!user) return false;
  const { id: userId, role, kind } = user;
  return may({ userId, role, kind, scopes: null, keyId: null }, permission);
}
