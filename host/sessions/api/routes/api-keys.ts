import { createApiKey, listApiKeys, revokeApiKey } from '../../accounts/index.ts';
import { type AnyRoute, route } from '../route.ts';
import { idParams, page, pageQuery } from '../schemas/common.ts';
import * as schema from '../schemas/users.ts';
import type { Services } from '../services.ts';
import { apiKeyView } from '../views.ts';
import { z } from 'zod';

const tag = 'api-keys';

export function apiKeyRoutes({ accounts }: Services): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/api-keys',
      id: 'createApiKey',
      tag,
      summary: 'A key for programs, for `X-API-Key`; shown this once',
      access: 'api-keys:write',
      body: schema.newApiKey,
      status: 201,
      reply: schema.createdApiKey,
      problems: ['SCOPE_NOT_ALLOWED', 'EXPIRY_PAST', 'API_KEYS_TOO_MANY'],
      handle: async ({ principal, body }) => {
        const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt);
        const { key, view } = await createApiKey(accounts, principal, { ...body, expiresAt });
        return { body: { key, apiKey: apiKeyView(view) } };
      },
    }),
    route({
      method: 'get',
      path: '/api-keys',
      id: 'listApiKeys',
      tag,
      summary: 'Keys without their secrets: the own ones, for an administrator all',
      access: 'api-keys:read',
      query: z.strictObject(pageQuery),
      status: 200,
      reply: page('ApiKey', schema.apiKey),
      handle: async ({ principal, query }) => {
        const { items, next } = await listApiKeys(accounts, principal, query);
        return { body: { items: items.map(apiKeyView), next } };
      },
    }),
    route({
      method: 'delete',
      path: '/api-keys/{id}',
      id: 'revokeApiKey',
      tag,
      summary: 'Revokes a key; it stays in the list',
      access: 'api-keys:write',
      params: idParams,
      status: 200,
      reply: schema.apiKey,
      problems: ['API_KEY_NOT_FOUND'],
      handle: async ({ principal, params }) => ({
        body: apiKeyView(await revokeApiKey(accounts, principal, params.id)),
      }),
    }),
  ];
}
