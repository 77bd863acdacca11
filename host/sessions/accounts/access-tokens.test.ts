import { createSecretKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT, decodeProtectedHeader, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { accessTokenSeconds, createAccessTokens } from './access-tokens.ts';

const secret = 's'.repeat(43);
const claims = { userId: randomUUID(), version: 3 };
const tokens = createAccessTokens({ secret });

const { kid } = decodeProtectedHeader((await tokens.sign(claims)).token);
const key = createSecretKey(Buffer.from(secret));
const soon = () => Math.floor(Date.now() / 1000) + 600;
const good: JWTPayload = { sub: claims.userId, iss: 'anc-platform', aud: 'anc-api', ver: 3 };

/** Signed with the right key: only what the test changes is wrong. */
const forge = (
  { header = {}, payload = {} }: { header?: object; payload?: JWTPayload },
  signer: Parameters<SignJWT['sign']>[0] = key,
) =>
  new SignJWT({ ...good, iat: soon() - 700, exp: soon(), ...payload })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid, ...header })
    .sign(signer);

const invalid = expect.objectContaining({ code: 'TOKEN_INVALID', hint: expect.any(String) });

describe('access tokens', () => {
  it('bring back their claims, and live for 15 minutes', async () => {
    const at = new Date('2026-01-01T00:00:00Z');
    const { token, expiresAt } = await createAccessTokens({ secret }, () => at).sign(claims);
    expect(expiresAt.getTime() - at.getTime()).toBe(15 * 60 * 1000);
    const later = (seconds: number) =>
      createAccessTokens({ secret }, () => new Date(at.getTime() + seconds * 1000));
    expect(await later(accessTokenSeconds - 1).verify(token)).toEqual(claims);
    await expect(later(accessTokenSeconds).verify(token)).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
    });
  });

  it('are taken when made by hand with the right key, so that the next tests mean something', async () => {
    expect(await tokens.verify(await forge({}))).toEqual(claims);
  });

  it('are refused without a signature', async () => {
    const unsigned = new UnsecuredJWT({ ...good, iat: soon() - 700, exp: soon() }).encode();
    await expect(tokens.verify(unsigned)).rejects.toEqual(invalid);
    const [header, payload] = (await forge({})).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid })).toString(
      'base64url',
    );
    for (const token of [`${none}.${payload}.`, `${header}.${payload}.`, `${none}.${payload}`])
      await expect(tokens.verify(token)).rejects.toEqual(invalid);
  });

  it('are refused with another algorithm, also one that our key could sign', async () => {
    const long = createSecretKey(Buffer.concat([Buffer.from(secret), Buffer.alloc(64)]));
    await expect(tokens.verify(await forge({ header: { alg: 'HS512' } }, long))).rejects.toEqual(
      invalid,
    );
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await expect(
      tokens.verify(await forge({ header: { alg: 'RS256' } }, privateKey)),
    ).rejects.toEqual(invalid);
  });

  it('are refused when any character was changed', async () => {
    const { token } = await tokens.sign(claims);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const other = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ver: 4 }),
    ).toString('base64url');
    await expect(tokens.verify(`${header}.${other}.${signature}`)).rejects.toEqual(invalid);
    // The last character of 43 holds only 4 bits of the 256.
    for (let i = 0; i < token.length - 1; i += 7) {
      if (token[i] === '.') continue;
      const changed = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      await expect(tokens.verify(changed)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    }
  });

  it.each([
    ['another issuer', { payload: { iss: 'somebody' } }],
    ['another audience', { payload: { aud: 'anc-pages' } }],
    ['no issuer', { payload: { iss: undefined } }],
    ['no end', { payload: { exp: undefined } }],
    ['no user', { payload: { sub: undefined } }],
    ['a user that is no id', { payload: { sub: `' or 1=1` } }],
    ['no version', { payload: { ver: undefined } }],
    ['a version that is no number', { payload: { ver: '3' } }],
    ['a begin in the future', { payload: { nbf: soon() } }],
    ['the type of another token', { header: { typ: 'JWT' } }],
    ['an unknown key id', { header: { kid: '00000000' } }],
    ['no key id', { header: { kid: undefined } }],
  ])('are refused with %s', async (_, change) => {
    await expect(tokens.verify(await forge(change))).rejects.toEqual(invalid);
  });

  it('are refused when signed with another key under our key id', async () => {
    const other = createSecretKey(Buffer.from('o'.repeat(43)));
    await expect(tokens.verify(await forge({}, other))).rejects.toEqual(invalid);
  });

  it.each(['', 'x', '..', 'a.b.c', '\0', 'é.é.é', `${'a'.repeat(20_000)}.b.c`])(
    'refuse %s',
    async (text) => {
      await expect(tokens.verify(text)).rejects.toEqual(invalid);
    },
  );

  it('live on under the previous secret, and end with it', async () => {
    const { token } = await tokens.sign(claims);
    const next = { secret: 'n'.repeat(43) };
    const rotated = createAccessTokens({ ...next, previousSecret: secret });
    expect(await rotated.verify(token)).toEqual(claims);
    const { token: newer } = await rotated.sign(claims);
    expect(await createAccessTokens(next).verify(newer)).toEqual(claims);
    await expect(createAccessTokens(next).verify(token)).rejects.toEqual(invalid);
  });
});
