import { describe, expect, it } from 'vitest';
import { authorize, may, permissions, scopesOf, type Permission } from './permissions.ts';
import { roles, scopes, type Principal } from './principal.ts';

const principal = (more: Partial<Principal> = {}): Principal => ({
  ...{ userId: 'u', role: 'viewer', kind: 'user', scopes: null, keyId: null },
  ...more,
});
const all = Object.keys(permissions) as Permission[];
const allowed = (who: Principal) => all.filter((permission) => may(who, permission));

describe('permissions', () => {
  it('grow with the role', () => {
    expect(allowed(principal({ role: 'admin' }))).toEqual(all);
    const [viewer, engineer] = [allowed(principal()), allowed(principal({ role: 'engineer' }))];
    expect(engineer).toEqual(expect.arrayContaining(viewer));
    expect(all.filter((name) => !engineer.includes(name))).toEqual([
      'users:read',
      'users:write',
      'audit:read',
    ]);
    expect(engineer.filter((name) => !viewer.includes(name))).toEqual([
      'noise-events:write',
      'devices:write',
      'telemetry:write',
      'jobs:manage',
      'server:read',
    ]);
  });

  it('of guests are sessions and their own account', () => {
    expect(allowed(principal({ kind: 'guest' }))).toEqual([
      'sessions:read',
      'sessions:write',
      'noise-events:read',
      'account:read',
      'account:write',
    ]);
  });

  it('of API keys never reach users, keys or the account, whatever the role', () => {
    const key = principal({ kind: 'apiKey', role: 'admin', keyId: 'k' });
    expect(allowed(key).sort()).toEqual([...scopes].sort());
  });

  it.each(scopes)('of a key with %s are that one only', (scope) => {
    const key = principal({ kind: 'apiKey', role: 'admin', keyId: 'k', scopes: [scope] });
    expect(allowed(key)).toEqual([scope]);
    expect(allowed({ ...key, scopes: [] })).toEqual([]);
  });

  it('of a key are never more than its owner’s role has', () => {
    for (const role of roles) {
      const key = principal({ kind: 'apiKey', role, keyId: 'k', scopes });
      expect(allowed(key).sort()).toEqual(scopesOf(role).sort());
    }
  });

  it.each([
    ['ROLE_TOO_LOW', 'users:write', {}],
    ['GUEST_FORBIDDEN', 'recordings:read', { kind: 'guest' }],
    ['KEY_FORBIDDEN', 'api-keys:write', { kind: 'apiKey' }],
    ['SCOPE_MISSING', 'recordings:read', { kind: 'apiKey', scopes: ['jobs:read'] }],
  ] as const)('refuse with %s, and say what is missing', (code, permission, more) => {
    expect(() => authorize(principal(more), permission)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(permission),
        hint: expect.any(String),
      }),
    );
  });
});
