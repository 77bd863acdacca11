import { AncError } from '@anc/link';
import { authenticateKey } from './api-keys.ts';
import type { Accounts } from './context.ts';
import type { Principal } from './principal.ts';
import { disabled } from './session-tokens.ts';

/**
 * Who sends this access token. Role and state of the user come from the database, at most `keptMs` old.
 * @throws AncError TOKEN_EXPIRED, TOKEN_INVALID, TOKEN_REVOKED, ACCOUNT_DISABLED
 */
export async function authenticateToken(
  { tokens, states }: Accounts,
  token: string,
): Promise<Principal> {
  const { userId, version } = await tokens.verify(token);
  const state = await states.of(userId);
  if (state?.disabled) throw disabled();
  if (state?.tokenVersion !== version)
    throw new AncError('TOKEN_REVOKED', 'the log-in of this access token has ended', {
      hint: 'Log in again.',
    });
  return { userId, role: state.role, kind: state.kind, scopes: null, keyId: null };
}

/**
 * Of the headers of a request; an API key goes before a token.
 * @returns null when there is neither
 * @throws AncError as `authenticateToken` and `authenticateKey`, AUTHORIZATION_INVALID
 */
export async function authenticate(
  accounts: Accounts,
  credentials: { readonly authorization?: string; readonly apiKey?: string },
): Promise<Principal | null> {
  const { authorization, apiKey } = credentials;
  if (apiKey) return authenticateKey(accounts, apiKey);
  if (!authorization) return null;
  const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
  if (!token)
    throw new AncError('AUTHORIZATION_INVALID', 'the header Authorization holds no bearer token', {
      hint: 'Authorization: Bearer TOKEN',
    });
  return authenticateToken(accounts, token);
}
