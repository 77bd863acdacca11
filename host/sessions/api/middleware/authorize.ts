import { can } from '../../accounts/permissions.ts';
import type { Principal } from '../../accounts/principal.ts';
import { Refusal } from '../problem.ts';
import type { Access } from '../route.ts';

/** @throws Refusal NOT_PERMITTED. Whose rows it reaches beyond that is the database's decision. */
export function authorize(principal: Principal, access: Access): void {
  if (access === 'public' || access === 'signedIn' || can(principal, access)) return;
  const who = principal.kind === 'apiKey' ? 'the API key' : `the role ${principal.role}`;
  throw new Refusal('NOT_PERMITTED', `${access} is needed, which ${who} has not`, {
    hint:
      principal.kind === 'apiKey' && principal.scopes !== null
        ? `The key has the scopes ${principal.scopes.join(', ')}.`
        : 'An administrator can change the role.',
  });
}
