import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Answer, ApiCaller } from '../../testing/api-caller.ts';
import type { TestServer } from '../../testing/test-server.ts';
import { wavBytes } from '../../testing/wav-bytes.ts';

export function upload(
  caller: ApiCaller,
  name: string,
  bytes: Buffer,
  { query = '', type = 'audio/wav' } = {},
): Promise<Answer> {
  return caller.fetch(`/recordings?name=${encodeURIComponent(name)}${query}`, {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers: { 'Content-Type': type },
  });
}

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export function recordingSuite(server: () => TestServer): void {
  const files = () =>
    readdirSync(join(server().folder, 'recordings'), { recursive: true, encoding: 'utf8' });

  test('a recording is kept, described, given out whole and in parts, and deleted', async () => {
    const caller = await server().user();
    const bytes = wavBytes({ channels: 2, frames: 9600 });
    const made = await upload(caller, 'Zug, Fensterplatz ♫', bytes, {
      query: `&note=hin&sha256=${hash(bytes)}`,
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{ name: 'Zug, Fensterplatz ♫', note: 'hin', bytes: bytes.length, sha256: hash(bytes) },
        ...{ channels: 2, sampleRateHz: 48_000, durationSeconds: 0.2, sessionId: null },
      },
    });
    const path = `/recordings/${made.body.id}`;
    expect((await caller.get(path)).body).toEqual(made.body);
    expect((await caller.get('/recordings')).body.items).toEqual([made.body]);

    const whole = await caller.get(`${path}/file`);
    expect(whole.body).toEqual(bytes);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'audio/wav',
      'accept-ranges': 'bytes',
      etag: `"${hash(bytes)}"`,
      'x-content-type-options': 'nosniff',
      'content-disposition': expect.stringMatching(/^attachment; filename="Zug_ Fensterplatz/),
    });
    const range = (value: string) => caller.fetch(`${path}/file`, { headers: { Range: value } });
    const part = await range('bytes=100-199');
    expect(part.status).toBe(206);
    expect(part.body).toEqual(bytes.subarray(100, 200));
    expect(part.headers.get('Content-Range')).toBe(`bytes 100-199/${bytes.length}`);
    expect((await range('bytes=-10')).body).toEqual(bytes.subarray(-10));
    expect((await range('bytes=9999999-')).body.code).toBe('RANGE_NOT_SATISFIABLE');
    // without the second, fetch asks for no cached answer
    const known = { 'If-None-Match': `"${hash(bytes)}"`, 'Cache-Control': 'max-age=0' };
    expect((await caller.fetch(`${path}/file`, { headers: known })).status).toBe(304);

    const before = files().length;
    await caller.expecting(204, 'DELETE', path);
    expect(files().length).toBe(before - 1);
    expect((await caller.get(`${path}/file`)).body.code).toBe('NOT_FOUND');
  });

  test.each([
    '../../../../etc/passwd',
    '..\\..\\windows\\system32',
    '/etc/cron.d/anc',
    'a/../../b.wav',
    '....//....//x',
    '.htaccess',
    'CON',
    '<img src=x onerror=alert(1)>',
    '"; rm -rf /; "',
    'x'.repeat(200),
  ])('a name is a label and never a path: %s', async (name) => {
    const caller = await server().user();
    const bytes = wavBytes({ frames: 10 });
    const made = await upload(caller, name, bytes);
    expect(made).toMatchObject({ status: 201, body: { name } });
    for (const file of files())
      expect(file).toMatch(/^(incoming|[0-9a-f]{2}(\/[0-9a-f-]{36}\.wav)?)$/);
    const file = await caller.get(`/recordings/${made.body.id}/file`);
    expect(file.body).toEqual(bytes);
    expect(file.headers.get('Content-Disposition')).not.toMatch(/filename="?[^"]*[/\\<>]/);
    expect(existsSync(join(server().folder, 'b.wav'))).toBe(false);
    await caller.expecting(204, 'DELETE', `/recordings/${made.body.id}`);
  });

  test.each([
    '..%2f..%2f..%2fetc%2fpasswd',
    '..%5c..%5cetc',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '....%2f%2f',
    '%00',
    "x'%20or%20'1'='1",
  ])('an id that is none reaches no file: %s', async (id) => {
    const caller = await server().user();
    for (const path of [`/recordings/${id}`, `/recordings/${id}/file`]) {
      const { status, body } = await caller.get(path);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'PATH_INVALID' });
    }
  });

  test.each([
    [
      'no sound',
      Buffer.from('#!/bin/sh\necho no sound, but long enough to be looked at\n'),
      'WAV_INVALID',
    ],
    ['cut off', wavBytes().subarray(0, 1000), 'WAV_TRUNCATED'],
    ['8 bits', wavBytes({ bits: 8 }), 'WAV_UNSUPPORTED'],
    ['too large', wavBytes({ frames: 600_000 }), 'RECORDING_TOO_LARGE'],
  ])('refused, and nothing is left: %s', async (_name, bytes, code) => {
    const caller = await server().user();
    const before = files();
    const answer = await upload(caller, 'bad', bytes);
    expect(answer.body).toMatchObject({ code, hint: expect.any(String) });
    expect(files()).toEqual(before);
    expect((await caller.get('/recordings')).body.items).toEqual([]);
  });

  test('what came is compared with its checksum, the content type and the session are looked at', async () => {
    const caller = await server().user();
    const bytes = wavBytes({ frames: 100 });
    const sum = { query: `&sha256=${'0'.repeat(64)}` };
    expect((await upload(caller, 'x', bytes, sum)).body.code).toBe('CHECKSUM_MISMATCH');
    expect((await upload(caller, 'x', bytes, { type: 'text/plain' })).body.code).toBe(
      'CONTENT_TYPE_UNSUPPORTED',
    );
    const other = await server().user();
    const { body } = await other.expecting(201, 'POST', '/sessions', {});
    const foreign = { query: `&sessionId=${body.session.id}` };
    expect((await upload(caller, 'x', bytes, foreign)).body.code).toBe('NOT_FOUND');
    const own = await caller.expecting(201, 'POST', '/sessions', {});
    const mine = { query: `&sessionId=${own.body.session.id}` };
    expect((await upload(caller, 'x', bytes, mine)).status).toBe(201);
  });

  test('recordings of a user have a share of the disk, also when they come together', async () => {
    const caller = await server().user();
    const bytes = wavBytes({ frames: 400_000 });
    const answers: Answer[] = [];
    for (let i = 0; i < 2; i += 1)
      answers.push(...(await Promise.all([1, 2].map((n) => upload(caller, `${i} ${n}`, bytes)))));
    const codes = answers.map(({ status, body }) => (status === 201 ? 201 : body.code)).sort();
    expect(codes).toEqual([201, 201, 'QUOTA_EXCEEDED', 'QUOTA_EXCEEDED']);
  });

  test('a user sends two recordings at once, not three', async () => {
    const caller = await server().user();
    const slow = () => {
      const bytes = wavBytes({ frames: 1000 });
      async function* pieces() {
        yield new Uint8Array(bytes.subarray(0, 100));
        await new Promise((resolve) => setTimeout(resolve, 300));
        yield new Uint8Array(bytes.subarray(100));
      }
      return caller.fetch('/recordings?name=slow', {
        method: 'POST',
        headers: { 'Content-Type': 'audio/wav' },
        body: Readable.toWeb(Readable.from(pieces())) as unknown as BodyInit,
        duplex: 'half',
      } as RequestInit);
    };
    const answers = await Promise.all([slow(), slow(), slow()]);
    const codes = answers.map(({ status, body }) => (status === 201 ? 201 : body.code)).sort();
    expect(codes).toEqual([201, 201, 'UPLOADS_TOO_MANY']);
  });

  test('recordings of others are none', async () => {
    const [owner, other] = [await server().user(), await server().user('engineer')];
    const { body } = await upload(owner, 'mine', wavBytes({ frames: 10 }));
    for (const path of [`/recordings/${body.id}`, `/recordings/${body.id}/file`])
      expect((await other.get(path)).body.code).toBe('NOT_FOUND');
    expect((await other.send('DELETE', `/recordings/${body.id}`)).body.code).toBe('NOT_FOUND');
    const order = { kind: 'recording-analysis', recordingId: body.id };
    expect((await other.send('POST', '/jobs', order)).body.code).toBe('NOT_FOUND');
    expect((await owner.get(`/recordings/${body.id}/file`)).status).toBe(200);
  });
}
