/** From the least to the most: what each may do is in `permissions.ts`, nowhere else. */
export const roles = ['viewer', 'engineer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What an API key may be narrowed to. */
export const scopes = [
  'sessions:read',
  'sessions:write',
  'devices:read',
  'devices:write',
  'telemetry:write',
  'recordings:read',
  'recordings:write',
  'jobs:read',
  'jobs:write',
  'noise-events:read',
  'noise-events:write',
] as const;
export type Scope = (typeof scopes)[number];

/** Who asks. Guests are users without an address or a password, always viewers. */
export interface Principal {
  readonly userId: string;
  readonly role: Role;
  readonly kind: 'user' | 'guest' | 'apiKey';
  /** null: all that the role may */
  readonly scopes: readonly Scope[] | null;
  /** the API key's id; null for the others */
  readonly keyId: string | null;
}
