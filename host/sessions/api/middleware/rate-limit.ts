import type { Request, Response } from 'express';
import type { Principal } from '../../accounts/principal.ts';
import type { RateLimiter, Verdict } from '../../limits/rate-limiter.ts';
import type { RateClass } from '../route.ts';
import { Refusal } from '../problem.ts';

/** Before credentials are looked at. @throws Refusal RATE_LIMITED */
export async function limitAddress(
  limiter: RateLimiter,
  rateClass: RateClass,
  request: Request,
  response: Response,
): Promise<void> {
  if (rateClass === 'none') return;
  const verdicts = [await limiter.consume('address', addressOf(request))];
  if (rateClass === 'auth') verdicts.push(await limiter.consume('auth', addressOf(request)));
  answer(response, verdicts);
}

/** @throws Refusal RATE_LIMITED */
export async function limitPrincipal(
  limiter: RateLimiter,
  rateClass: RateClass,
  principal: Principal,
  response: Response,
): Promise<void> {
  if (rateClass === 'none') return;
  const { keyId, userId } = principal;
  if (rateClass === 'ingest')
    return answer(response, [await limiter.consume('ingest', keyId ?? userId)]);
  const verdicts = [await limiter.consume('user', userId)];
  if (keyId) verdicts.push(await limiter.consume('key', keyId));
  answer(response, verdicts);
}

/** One account, from whatever address and however it is spelled. @throws Refusal RATE_LIMITED */
export async function limitAccount(
  limiter: RateLimiter,
  email: string,
  response: Response,
): Promise<void> {
  answer(response, [await limiter.consume('account', spelled(email))]);
}

/** The log-in succeeded: what was counted were no guesses. */
export async function forgiveAccount(limiter: RateLimiter, email: string): Promise<void> {
  await limiter.forgive('account', spelled(email));
}

function spelled(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

export function addressOf(request: Request): string {
  return request.ip ?? request.socket.remoteAddress ?? 'unknown';
}

/** The fields of draft-ietf-httpapi-ratelimit-headers: each policy that counted this request, one item. */
function answer(response: Response, verdicts: readonly Verdict[]): void {
  for (const { policy, points, windowS, remaining, resetS } of verdicts) {
    response.append('RateLimit-Policy', `"${policy}";q=${points};w=${windowS}`);
    response.append('RateLimit', `"${policy}";r=${remaining};t=${resetS}`);
  }
  const refused = verdicts.find(({ allowed }) => !allowed);
  if (!refused) return;
  const { policy, points, windowS, resetS } = refused;
  throw new Refusal(
    'RATE_LIMITED',
    `more than ${points} requests in ${windowS} s, counted for ${policy}`,
    { headers: { 'Retry-After': String(resetS) } },
  );
}
