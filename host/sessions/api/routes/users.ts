import {
  authorize,
  changePassword,
  changeUser,
  createUser,
  eraseUser,
  exportUser,
  getUser,
  listUsers,
} from '../../accounts/index.ts';
import type { Principal } from '../../accounts/principal.ts';
import { type AnyRoute, route } from '../route.ts';
import { idParams, page } from '../schemas/common.ts';
import * as schema from '../schemas/users.ts';
import type { Services } from '../services.ts';
import { exportView, userView } from '../views.ts';

const tag = 'users';

export function userRoutes(services: Services): AnyRoute[] {
  const { accounts, recordings, eraseJobs } = services;

  /** The own account, or with the right to them those of others. */
  const mine = (principal: Principal, id: string, others: 'users:read' | 'users:write') => {
    if (id !== principal.userId) authorize(principal, others);
  };
  const erase = async (principal: Principal, id: string) => {
    await eraseUser(accounts, principal, id, (fileKey) => recordings.files.remove(fileKey));
    await eraseJobs(id);
  };

  return [
    route({
      method: 'get',
      path: '/users',
      id: 'listUsers',
      tag,
      summary: 'All users, newest first',
      access: 'users:read',
      query: schema.userQuery,
      status: 200,
      reply: page('User', schema.user),
      handle: async ({ principal, query }) => {
        const { items, next } = await listUsers(accounts, principal, query);
        return { body: { items: items.map(userView), next } };
      },
    }),
    route({
      method: 'post',
      path: '/users',
      id: 'createUser',
      tag,
      summary: 'An account for somebody else, with a role',
      access: 'users:write',
      body: schema.newUser,
      status: 201,
      reply: schema.user,
      problems: ['EMAIL_INVALID', 'EMAIL_TAKEN', 'PASSWORD_WEAK'],
      handle: async ({ principal, body }) => {
        const user = await createUser(accounts, principal, body);
        return { headers: { Location: `/api/v1/users/${user.id}` }, body: userView(user) };
      },
    }),
    route({
      method: 'get',
      path: '/users/me',
      id: 'getMe',
      tag,
      summary: 'The user whose credentials these are',
      access: 'signedIn',
      status: 200,
      reply: schema.user,
      handle: async ({ principal }) => ({
        body: userView(await getUser(accounts, principal, principal.userId)),
      }),
    }),
    route({
      method: 'post',
      path: '/users/me/password',
      id: 'changePassword',
      tag,
      summary: 'Another password; ends every log-in',
      access: 'account:write',
      limit: 'auth',
      body: schema.passwordChange,
      status: 204,
      problems: ['CREDENTIALS_WRONG', 'PASSWORD_WEAK'],
      handle: async ({ principal, body }) => changePassword(accounts, principal, body),
    }),
    route({
      method: 'get',
      path: '/users/{id}',
      id: 'getUser',
      tag,
      summary: 'One user: oneself, or any with users:read',
      access: 'account:read',
      params: idParams,
      status: 200,
      reply: schema.user,
      problems: ['USER_NOT_FOUND'],
      handle: async ({ principal, params }) => {
        mine(principal, params.id, 'users:read');
        return { body: userView(await getUser(accounts, principal, params.id)) };
      },
    }),
    route({
      method: 'patch',
      path: '/users/{id}',
      id: 'changeUser',
      tag,
      summary: 'The own name; with users:write name, role and whether a user is disabled',
      access: 'account:write',
      params: idParams,
      body: schema.userChange,
      status: 200,
      reply: schema.user,
      problems: ['USER_NOT_FOUND', 'LAST_ADMIN', 'GUEST_ROLE'],
      handle: async ({ principal, params, body }) => {
        const onlyName = body.role === undefined && body.disabled === undefined;
        if (onlyName) mine(principal, params.id, 'users:write');
        else authorize(principal, 'users:write');
        return { body: userView(await changeUser(accounts, principal, params.id, body)) };
      },
    }),
    route({
      method: 'get',
      path: '/users/{id}/export',
      id: 'exportUser',
      tag,
      summary: 'Everything that is kept of a user; files are at their `href`',
      access: 'account:read',
      params: idParams,
      status: 200,
      reply: schema.userExport,
      problems: ['USER_NOT_FOUND'],
      handle: async ({ principal, params }) => {
        mine(principal, params.id, 'users:read');
        const all = await exportUser(accounts, principal, params.id);
        return {
          headers: { 'Content-Disposition': `attachment; filename="user-${params.id}.json"` },
          body: exportView(all),
        };
      },
    }),
    route({
      method: 'delete',
      path: '/users/{id}',
      id: 'eraseUser',
      tag,
      summary: 'Erases a user with all that is kept: rows, files, results of jobs',
      access: 'account:write',
      params: idParams,
      status: 204,
      problems: ['USER_NOT_FOUND', 'LAST_ADMIN'],
      handle: async ({ principal, params }) => {
        mine(principal, params.id, 'users:write');
        await erase(principal, params.id);
      },
    }),
  ];
}
