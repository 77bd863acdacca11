/** Who may open a live session, and what it may send. */
import { once } from 'node:events';
import { coreFile } from '@anc/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame } from '../protocol/index.ts';
import { LiveClient, refusedUpgrade } from '../testing/live-client.ts';
import { LiveRig } from '../testing/live-rig.ts';
import { MemoryLimiter } from './index.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: live sessions, because the core is not built\n');

const samples = new Float32Array(512).fill(0.1);

describe.skipIf(!isBuilt)('upgrades', () => {
  let rig: LiveRig;
  beforeAll(async () => {
    rig = await LiveRig.start({ maxSessions: 3 });
  });
  afterAll(() => rig.close());

  const ticketOf = (sessionId: string) => ['anc.v1', `ticket.${rig.directory.ticket(sessionId)}`];

  it('refuses without a ticket, with a problem that names code and hint', async () => {
    const id = rig.directory.create('user');
    const { status, contentType, problem } = await refusedUpgrade(rig.url(id), ['anc.v1']);
    expect(status).toBe(401);
    expect(contentType).toBe('application/problem+json');
    expect(problem).toMatchObject({
      title: 'Unauthorized',
      status: 401,
      code: 'TICKET_INVALID',
      instance: `/api/v1/sessions/${id}/audio`,
    });
  });

  it('takes a ticket once, and only for its own session', async () => {
    const [mine, other] = [rig.directory.create('user'), rig.directory.create('other')];
    const protocols = ticketOf(mine);
    const client = await LiveClient.connect(rig.url(mine), protocols[1]!.slice('ticket.'.length));
    expect(client.socket.protocol).toBe('anc.v1');
    expect((await refusedUpgrade(rig.url(mine), protocols)).problem['code']).toBe('TICKET_INVALID');
    const refused = await refusedUpgrade(rig.url(other), ticketOf(mine));
    expect(refused).toMatchObject({ status: 404, problem: { code: 'SESSION_UNKNOWN' } });
    await client.close();
  });

  it('refuses a session that is somebody else’s here, whatever the directory says', async () => {
    const client = await rig.open();
    const { sessionId } = await client.message('ready');
    const admit = rig.directory.admit.bind(rig.directory);
    rig.directory.admit = async (...args) => ({ ...(await admit(...args)), userId: 'thief' });
    const refused = await refusedUpgrade(rig.url(sessionId), ticketOf(sessionId));
    rig.directory.admit = admit;
    expect(refused).toMatchObject({ status: 404, problem: { code: 'SESSION_UNKNOWN' } });
    expect(client.closed).toBeNull();
    await client.close();
  });

  it('refuses pages of other origins, before the ticket is spent', async () => {
    const id = rig.directory.create('user');
    const protocols = ticketOf(id);
    const refused = await refusedUpgrade(rig.url(id), protocols, { origin: 'http://evil.test' });
    expect(refused).toMatchObject({ status: 403, problem: { code: 'ORIGIN_REFUSED' } });
    const ticket = protocols[1]!.slice('ticket.'.length);
    await rig.live.end(id);
    const client = await LiveClient.connect(rig.url(id), ticket, 'http://ours.test');
    client.send({ type: 'end' });
    await client.message('ended');
  });

  it('refuses other subprotocols, and other paths are not its own', async () => {
    const id = rig.directory.create('user');
    const refused = await refusedUpgrade(rig.url(id), ['chat']);
    expect(refused).toMatchObject({ status: 400, problem: { code: 'SUBPROTOCOL_UNKNOWN' } });
  });

  it('is full at its limit', async () => {
    const { length } = rig.live.list();
    const clients = await Promise.all(Array.from({ length: 3 - length }, () => rig.open()));
    const id = rig.directory.create('user');
    const refused = await refusedUpgrade(rig.url(id), ticketOf(id));
    expect(refused).toMatchObject({ status: 503, problem: { code: 'SERVER_FULL' } });
    for (const { sessionId } of rig.live.list()) await rig.live.end(sessionId);
    await Promise.all(clients.map((client) => client.until(() => client.closed !== null, 'close')));
  });

  it('answers 503 when the directory fails, and tells nothing of why', async () => {
    const id = rig.directory.create('user');
    const admit = rig.directory.admit.bind(rig.directory);
    rig.directory.admit = () => Promise.reject(new Error('password of the database'));
    const refused = await refusedUpgrade(rig.url(id), ticketOf(id));
    rig.directory.admit = admit;
    expect(refused).toMatchObject({ status: 503, problem: { code: 'ADMISSION_FAILED' } });
    expect(JSON.stringify(refused.problem)).not.toContain('password');
  });

  it('limits connections of an address', async () => {
    const small = await LiveRig.start({ limiter: new MemoryLimiter({ connectionsPerMinute: 2 }) });
    const id = small.directory.create('user');
    for (let i = 0; i < 2; i += 1) await (await small.connect(id)).close();
    const refused = await refusedUpgrade(small.url(id), ['anc.v1']);
    expect(refused).toMatchObject({ status: 429, problem: { code: 'RATE_LIMITED' } });
    await small.close();
  });
});

describe.skipIf(!isBuilt)('what a client sends', () => {
  let rig: LiveRig;
  beforeAll(async () => {
    rig = await LiveRig.start();
  });
  afterAll(() => rig.close());

  const frame = (change: (bytes: Uint8Array) => Uint8Array) =>
    change(new Uint8Array(encodeFrame({ sequence: 0, samples })));
  const withSample = (value: number) =>
    new Uint8Array(
      encodeFrame({ sequence: 0, samples: samples.map((v, i) => (i === 9 ? value : v)) }),
    );

  it.each([
    ['FRAME_TOO_SHORT', () => new Uint8Array(5)],
    ['FRAME_VERSION', () => frame((bytes) => bytes.fill(9, 0, 1))],
    ['FRAME_SIZE', () => frame((bytes) => bytes.subarray(0, 100))],
    ['FRAME_NOT_FINITE', () => withSample(NaN)],
    ['FRAME_NOT_FINITE', () => withSample(-Infinity)],
    ['FRAME_OUT_OF_RANGE', () => withSample(4.01)],
    ['CHUNK_CHANNELS', () => new Uint8Array(encodeFrame({ sequence: 0, samples, channels: 2 }))],
  ])('%s: refused, counted, and the session goes on', async (code, bytes) => {
    const client = await rig.open();
    client.socket.send(bytes());
    const error = await client.message('error');
    expect(error.code).toBe(code);
    client.sendFrame({ sequence: 1, samples });
    await client.until(() => client.frames.length === 1, 'answer');
    expect(client.frames[0]!.sequence).toBe(1);
    expect(rig.live.get((await client.message('ready')).sessionId)!.stats.chunksRefused).toBe(1);
    await client.close();
  });

  it.each([
    ['MESSAGE_NOT_JSON', '{'],
    ['MESSAGE_INVALID', '{"type":"reboot"}'],
    ['MESSAGE_INVALID', '{"type":"ping"}'],
    ['MESSAGE_INVALID', '{"type":"audio_chunk","audio_data":5}'],
    ['FRAME_SIZE', '{"type":"audio_chunk","audio_data":"AAA="}'],
    ['SETTING_UNKNOWN', '{"type":"settings","settings":{"colour":1}}'],
    ['SETTING_FIXED', '{"type":"settings","settings":{"taps":1024}}'],
    ['SETTING_INVALID', '{"type":"settings","settings":{"stepSize":7}}'],
    ['SETTING_INVALID', '{"type":"settings","settings":{"intensity":"1"}}'],
    ['SETTING_UNKNOWN', '{"type":"settings","settings":{"__proto__":{"a":1},"constructor":1}}'],
  ])('%s for %s', async (code, text) => {
    const client = await rig.open();
    client.socket.send(text);
    expect((await client.message('error')).code).toBe(code);
    client.send({ type: 'ping', clientMs: 3 });
    expect((await client.message('pong')).clientMs).toBe(3);
    await client.close();
  });

  it('takes settings under the other platform’s names, and tells the whole', async () => {
    const client = await rig.open();
    client.socket.send(
      '{"type":"settings","settings":{"step_size":0.5,"buffer_size":5,"bypass_ml":true,"filter_length":512}}',
    );
    const { settings } = await client.message('settings');
    expect(settings).toMatchObject({ stepSize: 0.5, bufferSize: 5, bypassMl: true, taps: 512 });
    await client.close();
  });

  it('closes a socket after too many refused frames in a row', async () => {
    const client = await rig.open();
    for (let i = 0; i < 60; i += 1) client.socket.send(new Uint8Array(3));
    await client.until(() => client.closed !== null, 'close');
    expect(client.closed).toEqual({ code: 1008, reason: 'FRAME_TOO_SHORT' });
    expect(client.messages.filter(({ type }) => type === 'error').length).toBe(1);
  });

  it('closes a socket that sends more than any chunk is long', async () => {
    const client = await rig.open();
    client.socket.send(new Uint8Array(49 * 1024));
    await client.until(() => client.closed !== null, 'close');
    expect(client.closed!.code).toBe(1009);
  });

  it('refuses chunks that come faster than real time', async () => {
    const client = await rig.open({ bufferSize: 32 });
    const tiny = new Float32Array(64);
    // 3 s of sound in chunks of 64 samples may come at once; a second more may not.
    for (let i = 0; i < 4 * 750; i += 1) client.sendFrame({ sequence: i, samples: tiny });
    await client.until(() => client.closed !== null, 'close');
    const errors = client.messages.filter((message) => message.type === 'error');
    expect(errors[0]).toMatchObject({ code: 'RATE_LIMITED' });
    expect(client.closed!.code).toBe(1008);
  });

  it('answers pings of the WebSocket and asks itself', async () => {
    const asking = await LiveRig.start({ heartbeatMs: 50 });
    const client = await asking.open();
    await once(client.socket, 'ping');
    await once(client.socket, 'ping');
    expect(client.closed).toBeNull();
    // ws answers pings by itself; one whose pongs are lost is taken for gone.
    client.socket.pong = () => {};
    await client.until(() => client.closed !== null, 'close');
    expect(client.closed!.code).toBe(1006);
    await asking.close();
  });
});
