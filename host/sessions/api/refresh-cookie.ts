import type { CookieOptions, Request, Response } from 'express';
import type { Origins } from './origins.ts';
import { Refusal } from './problem.ts';

/**
 * Over TLS `__Host-`: browsers take such a cookie only with Secure, for this host alone, so that no neighbouring name can
 * plant one. Over plain HTTP, as in development, a plain one that goes to the log-in's paths alone.
 */
const cookieOf = (secure: boolean): { name: string; options: CookieOptions } => ({
  name: secure ? '__Host-anc_refresh' : 'anc_refresh',
  options: {
    httpOnly: true,
    sameSite: 'strict',
    secure,
    path: secure ? '/' : '/api/v1/auth',
  },
});

export function setRefreshCookie(response: Response, token: string, expires: Date): void {
  const { name, options } = cookieOf(response.req.secure);
  response.cookie(name, token, { ...options, expires });
}

export function clearRefreshCookie(response: Response): void {
  const { name, options } = cookieOf(response.req.secure);
  response.clearCookie(name, options);
}

/**
 * The refresh token of the cookie; null without. Browsers send cookies by themselves, so it counts only with an `Origin`
 * of ours: a request without one is no page's.
 * @throws Refusal ORIGIN_REFUSED
 */
export function refreshCookie(request: Request, origins: Origins): string | null {
  const { name } = cookieOf(request.secure);
  const token = cookieNamed(request.get('Cookie') ?? '', name);
  if (token === null) return null;
  const { origin, host } = request.headers;
  if (!origins.isPage(origin, host))
    throw new Refusal('ORIGIN_REFUSED', 'the cookie counts only from a page of this server', {
      hint: 'Programs send the refresh token in the body.',
    });
  return token;
}

function cookieNamed(header: string, name: string): string | null {
  for (const pair of header.split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return value.join('=');
  }
  return null;
}
