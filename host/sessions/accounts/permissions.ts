import { AncError } from '@anc/link';
import { roles, type Principal, type Role, type Scope } from './principal.ts';

interface Rule {
  /** this role and those above it */
  readonly least: Role;
  readonly guests: boolean;
  /** what an API key needs; null: never with an API key */
  readonly scope: Scope | null;
}

const rule = (least: Role, scope: Scope | null, guests = false): Rule => ({ least, scope, guests });
const alsoGuests = true;

/** The one table of who may do what. Of whose rows is said by row-level security, in `storage/migrations`. */
export const permissions = {
  'sessions:read': rule('viewer', 'sessions:read', alsoGuests),
  'sessions:write': rule('viewer', 'sessions:write', alsoGuests),
  'recordings:read': rule('viewer', 'recordings:read'),
  'recordings:write': rule('viewer', 'recordings:write'),
  'noise-events:read': rule('viewer', 'noise-events:read', alsoGuests),
  'noise-events:write': rule('engineer', 'noise-events:write'),
  'devices:read': rule('viewer', 'devices:read'),
  'devices:write': rule('engineer', 'devices:write'),
  'telemetry:write': rule('engineer', 'telemetry:write'),
  'jobs:read': rule('viewer', 'jobs:read'),
  'jobs:write': rule('viewer', 'jobs:write'),
  /** repeat or cancel jobs of others, look at dead letters */
  'jobs:manage': rule('engineer', null),
  /** figures of the whole server */
  'server:read': rule('engineer', null),
  /** the own user: name, password, export, erase */
  'account:read': rule('viewer', null, alsoGuests),
  'account:write': rule('viewer', null, alsoGuests),
  'api-keys:read': rule('viewer', null),
  'api-keys:write': rule('viewer', null),
  'users:read': rule('admin', null),
  'users:write': rule('admin', null),
  'audit:read': rule('admin', null),
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof permissions;

/** Why not; null when the principal may. */
export function refusalOf(principal: Principal, permission: Permission): AncError | null {
  const { least, guests, scope } = permissions[permission];
  const forbidden = (code: string, message: string, hint: string) =>
    new AncError(code, `${permission}: ${message}`, { hint });
  if (principal.kind === 'guest' && !guests)
    return forbidden('GUEST_FORBIDDEN', 'not for guests', 'Register, or log in.');
  if (roles.indexOf(principal.role) < roles.indexOf(least))
    return forbidden(
      'ROLE_TOO_LOW',
      `needs the role ${least}, this is ${principal.role}`,
      'An admin can give the role.',
    );
  if (principal.kind === 'apiKey' && scope === null)
    return forbidden('KEY_FORBIDDEN', 'not with an API key', 'Log in with a password for this.');
  if (principal.scopes !== null && (scope === null || !principal.scopes.includes(scope)))
    return forbidden(
      'SCOPE_MISSING',
      `needs the scope ${scope}, the key has ${principal.scopes.join(', ') || 'none'}`,
      'Make a key with this scope.',
    );
  return null;
}

export function may(principal: Principal, permission: Permission): boolean {
  return refusalOf(principal, permission) === null;
}

/** @throws AncError GUEST_FORBIDDEN, ROLE_TOO_LOW, KEY_FORBIDDEN, SCOPE_MISSING */
export function authorize(principal: Principal, permission: Permission): void {
  const refusal = refusalOf(principal, permission);
  if (refusal) throw refusal;
}

/** Scopes that a role can use at all. */
export function scopesOf(role: Role): Scope[] {
  const rules: Rule[] = Object.values(permissions);
  return rules.flatMap(({ least, scope }) =>
    scope !== null && roles.indexOf(role) >= roles.indexOf(least) ? [scope] : [],
  );
}
