import type { Request } from 'express';
import { type Accounts, authenticate } from '../../accounts/index.ts';
import type { Principal } from '../../accounts/principal.ts';
import { Refusal } from '../problem.ts';

export type Authenticate = (request: Request) => Promise<Principal>;

/** What a request, or the upgrade to a WebSocket, says of who it is. */
export interface RequestCredentials {
  readonly authorization?: string | undefined;
  readonly apiKey?: string | undefined;
}

/**
 * The one place where credentials become a principal.
 * @throws Refusal NOT_AUTHENTICATED, CREDENTIALS_SEVERAL; AncError of accounts
 */
export async function identify(
  accounts: Accounts,
  { authorization, apiKey }: RequestCredentials,
): Promise<Principal> {
  if (authorization !== undefined && apiKey !== undefined)
    throw new Refusal('CREDENTIALS_SEVERAL', 'the request brings a token and an API key');
  const principal = await authenticate(accounts, { authorization, apiKey });
  if (principal) return principal;
  throw new Refusal('NOT_AUTHENTICATED', 'the request brings no credentials');
}

export function authenticateWith(accounts: Accounts): Authenticate {
  return (request) =>
    identify(accounts, {
      authorization: request.get('Authorization'),
      apiKey: request.get('X-API-Key'),
    });
}
