import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { SignJWT, errors, jwtVerify } from 'jose';
import { AncError } from '@anc/link';
import { isUuid } from '../storage/pages.ts';

const issuer = 'anc-platform';
const audience = 'anc-api';
const algorithm = 'HS256';
export const accessTokenSeconds = 15 * 60;

/** What a token says. Role and rights are not in it: they are read where they can be taken away. */
export interface AccessClaims {
  readonly userId: string;
  /** `token_version` of the user when it was made */
  readonly version: number;
}

export interface AccessTokens {
  sign(claims: AccessClaims): Promise<{ token: string; expiresAt: Date }>;
  /** @throws AncError TOKEN_EXPIRED, TOKEN_INVALID */
  verify(token: string): Promise<AccessClaims>;
}

export function createAccessTokens(
  { secret, previousSecret }: { secret: string; previousSecret?: string | null },
  now: () => Date = () => new Date(),
): AccessTokens {
  const own = keyOf(secret);
  const keys = new Map([own, ...(previousSecret ? [keyOf(previousSecret)] : [])]);
  return {
    async sign({ userId, version }) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const expiresAt = issuedAt + accessTokenSeconds;
      const token = await new SignJWT({ ver: version })
        .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid: own[0] })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(own[1]);
      return { token, expiresAt: new Date(expiresAt * 1000) };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = keys.get(kid ?? '');
            if (!key) throw new errors.JWSInvalid('unknown key');
            return key;
          },
          {
            algorithms: [algorithm],
            typ: 'at+jwt',
            issuer,
            audience,
            requiredClaims: ['sub', 'iat', 'exp', 'ver'],
            currentDate: now(),
          },
        );
        const { sub = '', ver } = payload;
        if (!isUuid(sub) || !Number.isInteger(ver)) throw new errors.JWTInvalid('claims');
        return { userId: sub, version: ver as number };
      } catch (cause) {
        if (cause instanceof errors.JWTExpired)
          throw new AncError('TOKEN_EXPIRED', 'the access token has expired', {
            cause,
            hint: 'Get the next one with the refresh token.',
          });
        throw new AncError('TOKEN_INVALID', 'the access token is not one of this server', {
          cause,
          hint: 'Log in again.',
        });
      }
    },
  };
}

/** The name tells keys apart while one replaces another; 32 bits of a hash of a random secret tell nothing of it. */
function keyOf(secret: string): [string, KeyObject] {
  const name = createHash('sha256').update(`kid ${secret}`).digest('hex').slice(0, 8);
  return [name, createSecretKey(Buffer.from(secret))];
}
