import { z } from 'zod';
import { roles, scopes } from '../../accounts/principal.ts';
import { id, pageQuery, text, time } from './common.ts';

/** What is an address is said by `accounts`, as with passwords. */
export const email = text(254).meta({ format: 'email', example: 'ada@example.com' });
/** Whether it is strong enough is said by `accounts`, with its own code and hint. */
export const password = z
  .string()
  .min(1)
  .max(200)
  .meta({ format: 'password', example: 'Correct-horse-7-battery' });

export const role = z.enum(roles).meta({ id: 'Role' });

export const user = z
  .strictObject({
    id,
    kind: z.enum(['user', 'guest']),
    email: z.string().nullable().meta({ example: 'ada@example.com' }),
    name: z.string().meta({ example: 'Ada' }),
    role,
    disabled: z.boolean(),
    lastLoginAt: time.nullable(),
    createdAt: time,
  })
  .meta({ id: 'User' });

export const registration = z
  .strictObject({ email, password, name: text(100).default('').meta({ example: 'Ada' }) })
  .meta({ id: 'Registration' });
export const credentials = z.strictObject({ email, password }).meta({ id: 'Credentials' });

export const refreshToken = z
  .string()
  .regex(/^[A-Za-z0-9._-]{20,500}$/, 'is no refresh token')
  .meta({ description: 'for programs; browsers send their cookie instead' });
export const refreshRequest = z
  .strictObject({ refreshToken: refreshToken.optional() })
  .meta({ id: 'RefreshRequest' });

export const tokenDelivery = z.strictObject({
  deliver: z
    .enum(['cookie', 'body'])
    .default('cookie')
    .meta({ description: 'where the refresh token goes: an HttpOnly cookie, or the body' }),
});

export const tokens = z
  .strictObject({
    accessToken: z.string().meta({ description: 'JWT, for `Authorization: Bearer`' }),
    tokenType: z.literal('Bearer'),
    expiresAt: time,
    refreshToken: z.string().nullable().meta({ description: 'null: it is in the cookie' }),
    user,
  })
  .meta({ id: 'Tokens' });

export const userChange = z
  .strictObject({
    name: text(100, 0).optional(),
    role: role.optional(),
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'names nothing to change')
  .meta({ id: 'UserChange' });
export const userQuery = z.strictObject({
  ...pageQuery,
  kind: z.enum(['user', 'guest']).optional(),
});

export const newUser = z
  .strictObject({ ...registration.shape, role: role.default('viewer') })
  .meta({ id: 'NewUser' });
export const passwordChange = z
  .strictObject({ oldPassword: password, newPassword: password })
  .meta({ id: 'PasswordChange' });

export const userExport = z
  .strictObject({
    exportedAt: time,
    tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
    files: z.array(
      z.strictObject({ recordingId: id, name: z.string(), bytes: z.int(), href: z.string() }),
    ),
  })
  .meta({ id: 'UserExport' });

export const scope = z.enum(scopes).meta({ id: 'Scope' });
export const apiKey = z
  .strictObject({
    id,
    userId: id,
    name: z.string().meta({ example: 'line 3' }),
    prefix: z.string().meta({ description: 'the shown part of the key' }),
    scopes: z.array(scope).nullable().meta({ description: 'null: all that the role may' }),
    createdAt: time,
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'ApiKey' });
export const newApiKey = z
  .strictObject({
    name: text(100).meta({ example: 'line 3' }),
    scopes: z.array(scope).min(1).max(scopes.length).nullable().default(null),
    expiresAt: time.nullable().default(null),
  })
  .meta({ id: 'NewApiKey' });
export const createdApiKey = z
  .strictObject({
    key: z.string().meta({ description: 'shown this once, stored as a hash' }),
    apiKey,
  })
  .meta({ id: 'CreatedApiKey' });
