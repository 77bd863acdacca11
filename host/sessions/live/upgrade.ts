import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Credentials, SessionRefusal } from './session-directory.ts';

export const subprotocol = 'anc.v1';
const ticketPrefix = 'ticket.';
const path = /^\/api\/v1\/sessions\/([0-9A-Za-z_-]{1,64})\/audio$/;

/** The session's id in the address of an upgrade; null when it is for somebody else. */
export function sessionIdOf(url: string | undefined): string | null {
  return path.exec((url ?? '').split('?', 1)[0]!)?.[1] ?? null;
}

/** @throws SessionRefusal SUBPROTOCOL_UNKNOWN */
export function credentialsOf({ headers }: IncomingMessage, address: string): Credentials {
  const offered = (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (offered.length > 0 && !offered.includes(subprotocol))
    throw new SessionRefusal(
      400,
      'SUBPROTOCOL_UNKNOWN',
      `none of the ${offered.length} subprotocols is ${subprotocol}`,
      `Offer ${subprotocol}, and the ticket as ${ticketPrefix}….`,
    );
  const ticket = offered.find((name) => name.startsWith(ticketPrefix));
  const apiKey = headers['x-api-key'];
  return {
    ...(ticket === undefined ? {} : { ticket: ticket.slice(ticketPrefix.length) }),
    ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    address,
  };
}

/** Answers an upgrade with a problem (RFC 9457) and closes. */
export function refuseUpgrade(
  socket: Duplex,
  url: string | undefined,
  { status, code, message, hint }: SessionRefusal,
): void {
  const title = STATUS_CODES[status] ?? 'Refused';
  const instance = (url ?? '/').split('?', 1)[0];
  const problem = {
    type: `/api/docs/problems#${code}`,
    title,
    status,
    detail: message,
    instance,
    code,
    hint,
  };
  const body = JSON.stringify(problem);
  const retry = status === 429 || status === 503 ? 'Retry-After: 5\r\n' : '';
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${retry}Cache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
  );
}
