import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { environment } from './environment.ts';
import { readConfig, weaknessOf } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'anc-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const strong = randomBytes(32).toString('base64url');
const production = { NODE_ENV: 'production', ANC_DATA_FOLDER: folder, JWT_SECRET: strong };

function faultOf(env: NodeJS.ProcessEnv) {
  try {
    readConfig(env);
    return null;
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return { code, message, hint };
  }
}

describe('configuration', () => {
  it('has a default for everything but the secret of production', () => {
    const config = readConfig({ ...production, HOST: '' });
    expect(config).toMatchObject({
      production: true,
      dataFolder: folder,
      http: { host: '127.0.0.1', port: 5000, tls: null, trustProxy: 0, corsOrigins: [] },
      database: { url: null, readUrl: null, adminUrl: null, poolSize: 10 },
      redisUrl: null,
      tokens: { secret: strong, previousSecret: null },
      accounts: { registration: true, firstUserIsAdmin: true, guests: true },
      limits: { recordingBytes: 100e6, sessions: 1000 },
    });
  });

  it('reads what is given', () => {
    const config = readConfig({
      ...production,
      PORT: '0',
      TRUST_PROXY: 'loopback, 10.0.0.0/8',
      CORS_ORIGINS: 'https://a.example, http://localhost:5173',
      DATABASE_URL: 'postgresql://anc_server@db/anc',
      REDIS_URL: 'rediss://cache:6380/1',
      GUESTS: 'no',
    });
    expect(config.http).toMatchObject({
      port: 0,
      trustProxy: ['loopback', '10.0.0.0/8'],
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
    });
    expect(config.database.url).toBe('postgresql://anc_server@db/anc');
    expect(config.accounts.guests).toBe(false);
    expect(readConfig({ ...production, TRUST_PROXY: '2' }).http.trustProxy).toBe(2);
  });

  it('takes the data folder of XDG when none is given', () => {
    const env = { ...production, ANC_DATA_FOLDER: undefined, XDG_DATA_HOME: '/srv/data' };
    expect(readConfig(env).dataFolder).toBe('/srv/data/anc-platform');
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', 'http'],
    ['TRUST_PROXY', 'true'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['DATABASE_URL', 'mysql://a/b'],
    ['DATABASE_URL', 'postgresql://a:50%@b/c'],
    ['REDIS_URL', 'http://cache'],
    ['LOG_LEVEL', 'loud'],
    ['GUESTS', 'perhaps'],
    ['INSTANCE', 'a b'],
    ['TLS_KEY_FILE', 'key.pem'],
    ['DATABASE_READ_URL', 'postgresql://replica/anc'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(faultOf({ ...production, [name]: value })).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(name),
      hint: expect.any(String),
    });
  });

  it('makes a secret while developing, keeps it, and lets nobody else read it', () => {
    const first = readConfig({ ANC_DATA_FOLDER: folder }).tokens.secret;
    expect(weaknessOf(first)).toBeNull();
    expect(readConfig({ ANC_DATA_FOLDER: folder }).tokens.secret).toBe(first);
    expect(statSync(join(folder, 'jwt-secret')).mode & 0o777).toBe(0o600);
  });

  it('refuses to run in production without a secret', () => {
    expect(faultOf({ ...production, JWT_SECRET: '' })).toMatchObject({ code: 'SECRET_MISSING' });
  });

  it.each([
    ['shorter than 32 bytes', randomBytes(31).toString('hex'), 'has 31 bytes'],
    ['one character', 'a'.repeat(64), 'repeats'],
    ['a repeated part', 'x9Kq!mZ2'.repeat(8), 'repeats'],
    ['a run in it', `${strong.slice(0, 20)}zzzzzzzzzz${strong.slice(20)}`, 'in a row'],
    ['a well-known word', `my-super-SECRET-${strong}`, 'well-known'],
    ['few characters', 'abaabbbaabababbabaabababbababbaabbabab!?', 'too few'],
  ])('refuses a secret with %s, and does not show it', (_, secret, fault) => {
    for (const name of ['JWT_SECRET', 'JWT_SECRET_PREVIOUS']) {
      const found = faultOf({ ...production, [name]: secret });
      expect(found).toMatchObject({ code: 'SECRET_WEAK', message: expect.stringContaining(fault) });
      expect(JSON.stringify(found)).not.toContain(secret);
    }
  });

  it.each(['DATABASE_URL', 'DATABASE_ADMIN_URL', 'REDIS_URL'])(
    'refuses a weak password in %s, and does not show it',
    (name) => {
      const database = { DATABASE_URL: 'postgresql://anc_server@db/anc' };
      const scheme = name === 'REDIS_URL' ? 'redis' : 'postgresql';
      for (const password of ['hunter2', 'password1234', 'abcabcabcabc']) {
        const found = faultOf({
          ...production,
          ...database,
          [name]: `${scheme}://someone:${password}@db/anc`,
        });
        expect(found).toMatchObject({ code: 'SECRET_WEAK' });
        expect(JSON.stringify(found)).not.toContain(password);
      }
    },
  );

  it('takes secrets of 32 random bytes, in hex and base64', () => {
    for (let i = 0; i < 2000; i += 1) {
      const bytes = createHash('sha256').update(String(i)).digest();
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        expect(weaknessOf(bytes.toString(encoding))).toBeNull();
    }
  });

  it('has each variable in the table of docs/server.md', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/server.md'), 'utf8');
    for (const name of Object.keys(environment.shape)) expect(docs).toContain(`| \`${name}\``);
  });
});
