import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger, defaultLogOptions, logFileName, openLog, REDACTED } from './index.ts';

type Line = Record<string, unknown>;

function memory() {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, stream };
}

describe('redaction', () => {
  const secret = 'S3cret-value-9f8e7d6c5b4a';

  function logged(write: (logger: ReturnType<typeof createLogger>) => void): Line {
    const { lines, stream } = memory();
    write(createLogger({ level: 'trace' }, stream));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(secret);
    return JSON.parse(lines[0]!) as Line;
  }

  test.each([
    'authorization',
    'Authorization',
    'Proxy-Authorization',
    'cookie',
    'set-cookie',
    'password',
    'newPassword',
    'password_hash',
    'accessToken',
    'refresh_token',
    'token',
    'x-api-key',
    'apiKey',
    'ticket',
    'JWT_SECRET',
  ])('%s is taken out by its name, at any depth, in arrays and in objects', (name) => {
    expect(logged((l) => l.info({ [name]: secret }))).toMatchObject({ [name]: REDACTED });
    const nested = {
      request: { headers: { [name]: [secret] }, list: [{ [name]: { a: secret } }] },
    };
    expect(logged((l) => l.info(nested))).toMatchObject({
      request: { headers: { [name]: REDACTED }, list: [{ [name]: REDACTED }] },
    });
    expect(logged((l) => l.child({ [name]: secret }).info('child'))).toMatchObject({
      [name]: REDACTED,
    });
  });

  test.each([
    ['a bearer', `Bearer ${secret}`, `Bearer ${REDACTED}`],
    ['a JWT', `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`, REDACTED],
    ['a ticket', `anc.v1, ticket.${secret}`, `anc.v1, ticket.${REDACTED}`],
    ['an API key', `anc_0123456789ab_${secret}`, `anc_0123456789ab_${REDACTED}`],
    ['an address', `GET /x?token=${secret}&a=1`, `GET /x?token=${REDACTED}&a=1`],
    ['a database', `postgresql://anc:${secret}@db/anc`, `postgresql://anc:${REDACTED}@db/anc`],
  ])('%s is taken out by its shape, in the message, a value and an error', (_, text, expected) => {
    expect(logged((l) => l.warn(text))['msg']).toBe(expected);
    expect(logged((l) => l.warn({ url: text }))['url']).toBe(expected);
    const { err } = logged((l) => l.error({ err: new Error(text) })) as { err: Line };
    expect(err['message']).toBe(expected);
  });

  test('what an error carries is taken out by its name', () => {
    const error = Object.assign(new Error('refused'), { headers: { authorization: secret } });
    const { err } = logged((l) => l.error({ err: error })) as { err: Line };
    expect(err).toMatchObject({ message: 'refused', headers: { authorization: REDACTED } });
  });

  test('what is no secret stays, and nothing of the caller’s object changes', () => {
    const body = {
      email: 'a@example.org',
      metric: 'anc_chunks_processed_total',
      tokens: undefined,
      password: 'x',
      taps: 512,
      at: null,
    };
    expect(logged((l) => l.info(body, 'registered'))).toMatchObject({
      email: 'a@example.org',
      metric: 'anc_chunks_processed_total',
      taps: 512,
      at: null,
      msg: 'registered',
    });
    expect(body.password).toBe('x');
  });
});

test('lines are JSON with time, level and the ids of their child loggers', () => {
  const { lines, stream } = memory();
  const logger = createLogger({ level: 'info', instance: 'a' }, stream);
  logger.child({ requestId: 'r1' }).child({ sessionId: 's1' }).info({ chunks: 3 }, 'ended');
  logger.debug('not at this level');
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0]!) as Line;
  expect(line).toMatchObject({ level: 'info', instance: 'a', requestId: 'r1', sessionId: 's1' });
  expect(line).toMatchObject({ chunks: 3, msg: 'ended', pid: process.pid });
  expect(Math.abs(Date.parse(String(line['time'])) - Date.now())).toBeLessThan(5000);
});

describe('files', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anc-log-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const compressed = () => readdirSync(folder).filter((name) => name.endsWith('.gz'));

  function linesIn(name: string): Line[] {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    return text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Line] : []));
  }

  test('rotate by size, compressed, without the loss of a line', async () => {
    const log = openLog({ ...defaultLogOptions, folder, rotateBytes: 4000 });
    for (let i = 0; i < 100; i++) {
      log.logger.info({ i, filler: 'x'.repeat(100) });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await log.close();
    const names = [...compressed(), logFileName];
    expect(compressed().length).toBeGreaterThanOrEqual(3);
    const numbers = names.flatMap((name) => linesIn(name).map((line) => Number(line['i'])));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    for (const name of compressed()) {
      expect(statSync(join(folder, name)).size).toBeLessThan(4000);
    }
  });

  test('the oldest are deleted beyond the number to keep', async () => {
    const log = openLog({ ...defaultLogOptions, folder, rotateBytes: 1000, keepFiles: 2 });
    for (let i = 0; i < 60; i++) {
      log.logger.info({ i, filler: 'x'.repeat(100) });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await log.close();
    expect(compressed()).toHaveLength(2);
  });

  test('rotate by time', async () => {
    const log = openLog({ ...defaultLogOptions, folder, rotateEvery: '1s' });
    log.logger.info('before');
    await expect
      .poll(
        () => {
          log.logger.info('after');
          return compressed().length;
        },
        { timeout: 5000, interval: 100 },
      )
      .toBeGreaterThanOrEqual(1);
    await log.close();
    expect(
      compressed()
        .flatMap(linesIn)
        .map((line) => line['msg']),
    ).toContain('before');
  });

  test('all that was logged is in the file after close', async () => {
    const log = openLog({ ...defaultLogOptions, folder });
    for (let i = 0; i < 500; i++) log.logger.info({ i });
    await log.close();
    expect(linesIn(logFileName)).toHaveLength(500);
  });
});
