import type { Response } from 'express';
import {
  type LoggedIn,
  type SessionTokens,
  type UserView,
  authenticateToken,
  createGuest,
  getUser,
  login,
  logout,
  refresh,
  register,
} from '../../accounts/index.ts';
import { forgiveAccount, limitAccount } from '../middleware/rate-limit.ts';
import { Refusal } from '../problem.ts';
import { clearRefreshCookie, refreshCookie, setRefreshCookie } from '../refresh-cookie.ts';
import { type AnyRoute, route } from '../route.ts';
import * as schema from '../schemas/users.ts';
import type { Services } from '../services.ts';
import { userView } from '../views.ts';

const tag = 'auth';
type Delivery = { readonly deliver: 'cookie' | 'body' };

/** The refresh token goes where it was asked for, never to both places. */
function delivered(
  response: Response,
  user: UserView,
  tokens: SessionTokens,
  { deliver }: Delivery,
) {
  const { accessToken, accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt } = tokens;
  if (deliver === 'cookie') setRefreshCookie(response, refreshToken, refreshTokenExpiresAt);
  return {
    accessToken,
    tokenType: 'Bearer' as const,
    expiresAt: accessTokenExpiresAt.toISOString(),
    refreshToken: deliver === 'cookie' ? null : refreshToken,
    user: userView(user),
  };
}

export function authRoutes({ accounts, limiter, origins, metrics }: Services): AnyRoute[] {
  const loggedIn = (response: Response, { user, tokens }: LoggedIn, delivery: Delivery) =>
    delivered(response, user, tokens, delivery);
  return [
    route({
      method: 'post',
      path: '/auth/register',
      id: 'register',
      tag,
      summary: 'Makes an account and logs it in; the first one may become the administrator',
      access: 'public',
      limit: 'auth',
      query: schema.tokenDelivery,
      body: schema.registration,
      status: 201,
      reply: schema.tokens,
      problems: ['REGISTRATION_CLOSED', 'EMAIL_INVALID', 'EMAIL_TAKEN', 'PASSWORD_WEAK'],
      handle: async ({ body, query, response }) => {
        await register(accounts, body);
        metrics.registered('user');
        return { body: loggedIn(response, await login(accounts, body), query) };
      },
    }),
    route({
      method: 'post',
      path: '/auth/login',
      id: 'login',
      tag,
      summary: 'An access token for 15 minutes, and a refresh token',
      access: 'public',
      limit: 'auth',
      query: schema.tokenDelivery,
      body: schema.credentials,
      status: 200,
      reply: schema.tokens,
      problems: ['CREDENTIALS_WRONG', 'ACCOUNT_DISABLED', 'TOO_MANY_LOGINS'],
      handle: async ({ body, query, response }) => {
        await limitAccount(limiter, body.email, response);
        const who = await login(accounts, body);
        await forgiveAccount(limiter, body.email);
        return { body: loggedIn(response, who, query) };
      },
    }),
    route({
      method: 'post',
      path: '/auth/refresh',
      id: 'refresh',
      tag,
      summary: 'The next pair of tokens for a refresh token, which is spent',
      description:
        'A token that comes a second time ends all that came from the same log-in. Tabs of one browser take turns.',
      access: 'public',
      limit: 'auth',
      body: schema.refreshRequest,
      status: 200,
      reply: schema.tokens,
      problems: ['REFRESH_INVALID', 'REFRESH_EXPIRED', 'REFRESH_REUSED', 'ACCOUNT_DISABLED'],
      handle: async ({ body, request, response }) => {
        const ofCookie = body.refreshToken ? null : refreshCookie(request, origins);
        const token = body.refreshToken ?? ofCookie;
        if (token === null) throw new Refusal('REFRESH_INVALID', 'there is no refresh token');
        try {
          const tokens = await refresh(accounts, token);
          const principal = await authenticateToken(accounts, tokens.accessToken);
          const user = await getUser(accounts, principal, principal.userId);
          const deliver = ofCookie === null ? 'body' : 'cookie';
          return { body: delivered(response, user, tokens, { deliver }) };
        } catch (error) {
          if (ofCookie !== null) clearRefreshCookie(response);
          throw error;
        }
      },
    }),
    route({
      method: 'post',
      path: '/auth/logout',
      id: 'logout',
      tag,
      summary: 'Ends the log-in of a refresh token; one that is not known is no error',
      access: 'public',
      limit: 'auth',
      body: schema.refreshRequest,
      status: 204,
      handle: async ({ body, request, response }) => {
        const token = body.refreshToken ?? refreshCookie(request, origins);
        if (token !== null) await logout(accounts, token);
        if (!body.refreshToken) clearRefreshCookie(response);
      },
    }),
    route({
      method: 'post',
      path: '/auth/guest',
      id: 'guest',
      tag,
      summary: 'A user without address and password, for live sessions alone',
      access: 'public',
      limit: 'auth',
      query: schema.tokenDelivery,
      status: 201,
      reply: schema.tokens,
      problems: ['GUESTS_CLOSED'],
      handle: async ({ query, response }) => {
        const guest = await createGuest(accounts);
        metrics.registered('guest');
        return { body: loggedIn(response, guest, query) };
      },
    }),
  ];
}
