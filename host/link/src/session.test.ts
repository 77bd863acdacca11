import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeBody } from './body.ts';
import { AncError } from './errors.ts';
import { encodeFrame, FrameDecoder } from './frame.ts';
import type { Frame } from './frame.ts';
import {
  limits,
  messages,
  type RequestDescription,
  type SignalsEvent,
} from './generated/protocol.ts';
import { LinkSession } from './session.ts';

/** The headset's end, by hand: it sees requests and answers when told to. */
class Peer {
  readonly requests: Frame[] = [];
  answers = true;
  session: LinkSession;
  #decoder = new FrameDecoder((frame) => this.#came({ ...frame, body: frame.body.slice() }));

  constructor() {
    this.session = new LinkSession({
      send: (bytes) => this.#decoder.push(bytes),
      now: () => Date.now(),
      setTimeout: (callback, ms) => setTimeout(callback, ms),
      clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
    });
  }

  #came(frame: Frame): void {
    this.requests.push(frame);
    if (this.answers)
      queueMicrotask(() =>
        this.answer(frame, frame.message === messages.hello.id ? { protocolVersion: 1 } : {}),
      );
  }

  answer({ message, sequence }: Frame, body: Record<string, unknown>): void {
    const description = Object.values(messages).find(
      ({ id }) => id === message,
    ) as unknown as RequestDescription;
    this.session.receive(
      encodeFrame({ kind: 1, message, sequence, body: encodeBody(description.response, body) }),
    );
  }

  event(sequence: number, sampleIndex: number): void {
    const body = encodeBody(messages.signals.event, { sampleIndex });
    this.session.receive(encodeFrame({ kind: 2, message: messages.signals.id, sequence, body }));
  }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: AncError) => error.code,
  );

describe('a session', () => {
  let peer: Peer;
  beforeEach(() => {
    vi.useFakeTimers();
    peer = new Peer();
  });
  afterEach(() => {
    peer.session.close();
    vi.useRealTimers();
  });

  test('gives each answer to the request of its number, in any order', async () => {
    peer.answers = false;
    const [a, b] = [
      peer.session.request('ping', { token: 1 }),
      peer.session.request('ping', { token: 2 }),
    ];
    peer.answer(peer.requests[1]!, { token: 22 });
    peer.answer(peer.requests[0]!, { token: 11 });
    expect((await a).token).toBe(11);
    expect((await b).token).toBe(22);
  });

  test('turns a status into an error with its code and detail', async () => {
    peer.answers = false;
    const refused = peer.session.request('setParameter', { id: 99, value: 1 });
    peer.answer(peer.requests[0]!, { status: 'unknownParameter', detail: 'no 99' });
    await expect(refused).rejects.toMatchObject({
      code: 'DEVICE_UNKNOWN_PARAMETER',
      message: expect.stringContaining('no 99'),
    });
  });

  test('gives up after the deadline and counts what comes later', async () => {
    peer.answers = false;
    const late = codeOf(peer.session.request('ping', {}, { timeoutMs: 100 }));
    await vi.advanceTimersByTimeAsync(101);
    expect(await late).toBe('LINK_TIMEOUT');
    peer.answer(peer.requests[0]!, {});
    expect(peer.session.stats.lateResponses).toBe(1);
  });

  test('repeats hello until it is answered', async () => {
    peer.answers = false;
    const opening = peer.session.open({ timeoutMs: 2000 });
    await vi.advanceTimersByTimeAsync(700);
    expect(peer.requests.length).toBe(3);
    peer.answer(peer.requests[2]!, { protocolVersion: 1, board: 'b' });
    expect((await opening).board).toBe('b');
  });

  test('opens over a link whose round trip is longer than the interval of hello', async () => {
    peer.answers = false;
    const opening = peer.session.open({ timeoutMs: 2000 });
    await vi.advanceTimersByTimeAsync(400);
    peer.answer(peer.requests[0]!, { protocolVersion: 1, board: 'far' });
    expect((await opening).board).toBe('far');
    const sent = peer.requests.filter(({ message }) => message === messages.hello.id).length;
    await vi.advanceTimersByTimeAsync(200);
    expect(peer.requests.filter(({ message }) => message === messages.hello.id).length).toBe(sent);
  });

  test('says how long it waited when nobody answers', async () => {
    peer.answers = false;
    const opening = peer.session.open({ timeoutMs: 1000 }).catch((error: AncError) => error);
    await vi.advanceTimersByTimeAsync(1001);
    expect(await opening).toMatchObject({
      code: 'LINK_TIMEOUT',
      message: expect.stringContaining('1000 ms'),
    });
  });

  test('rejects a body that cannot be sent, rather than throwing', async () => {
    expect(await codeOf(peer.session.request('ping', { token: -1 }))).toBe('BODY_INVALID');
  });

  test('takes a repeated event, or a counter that starts over, for no loss', () => {
    for (const [sequence, index] of [
      [7, 1],
      [7, 1],
      [8, 2],
      [0, 3],
      [1, 4],
    ] as const)
      peer.event(sequence, index);
    expect(peer.session.stats.lost['signals']).toBe(0);
  });

  test('refuses another version of the protocol', async () => {
    peer.answers = false;
    const opening = codeOf(peer.session.open());
    peer.answer(peer.requests[0]!, { protocolVersion: 2 });
    expect(await opening).toBe('PROTOCOL_VERSION');
  });

  test('calls a silent headset gone within a second, and rejects what is under way', async () => {
    await peer.session.open();
    let reason: AncError | null = null;
    peer.session.onClosed((error) => (reason = error));
    await vi.advanceTimersByTimeAsync(5000);
    expect(peer.session.closed).toBe(false);
    peer.answers = false;
    const pending = codeOf(peer.session.request('storeParameters', {}, { timeoutMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(limits.silenceMs + limits.heartbeatMs + 10);
    expect(reason).toMatchObject({ code: 'LINK_SILENT' });
    expect(await pending).toBe('LINK_SILENT');
    expect(await codeOf(peer.session.request('ping'))).toBe('LINK_CLOSED');
  });

  test('may be closed twice, and says so once', async () => {
    const closed = vi.fn();
    peer.session.onClosed(closed);
    peer.session.close();
    peer.session.close(new AncError('LINK_SILENT', 'again'));
    expect(closed.mock.calls).toEqual([[null]]);
  });

  test('counts lost events by the gaps in their numbers, over the wrap', () => {
    const seen: number[] = [];
    peer.session.on('signals', (event: SignalsEvent) => seen.push(event.sampleIndex));
    for (const [sequence, index] of [
      [65533, 1],
      [65534, 2],
      [1, 3],
      [2, 4],
      [5, 5],
    ] as const)
      peer.event(sequence, index);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(peer.session.stats.lost).toEqual({
      telemetry: 0,
      signals: 4,
      log: 0,
      identification: 0,
    });
  });

  test('an aborted request ends with the reason of the signal', async () => {
    peer.answers = false;
    const abort = new AbortController();
    const request = peer.session.request('ping', {}, { signal: abort.signal });
    abort.abort(new AncError('INTERRUPTED', 'stop'));
    expect(await codeOf(request)).toBe('INTERRUPTED');
  });

  test('unknown fields, events and kinds do no harm', async () => {
    peer.session.receive(
      encodeFrame({ kind: 2, message: 200, sequence: 1, body: Uint8Array.of(1) }),
    );
    peer.session.receive(
      encodeFrame({ kind: 7, message: 1, sequence: 1, body: new Uint8Array(0) }),
    );
    peer.session.receive(
      encodeFrame({ kind: 2, message: messages.log.id, sequence: 1, body: Uint8Array.of(0x80) }),
    );
    expect(peer.session.stats.unknown).toBe(2);
    peer.session.on('log', () => {});
    peer.session.receive(
      encodeFrame({ kind: 2, message: messages.log.id, sequence: 2, body: Uint8Array.of(0x80) }),
    );
    expect(peer.session.stats.unknown).toBe(3);
    expect((await peer.session.request('ping')).status).toBe('ok');
  });
});
