import { createHash, randomBytes } from 'node:crypto';

/** 256 bits, 43 characters of base64url. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a random token. It has 256 bits, so that one fast pass cannot be guessed backwards. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
