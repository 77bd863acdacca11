import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings, type ServerMessage } from '../../../host/sessions/protocol/index.ts';
import { RequestError } from '../shared/request-error.ts';
import { type ClientState, SessionClient, type Tickets } from './session-client.ts';

/** What the browser would give, moved by hand. */
class FakeSocket {
  static all: FakeSocket[] = [];
  binaryType = '';
  bufferedAmount = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  sent: unknown[] = [];
  isClosed = false;
  readonly url: string;
  readonly protocols: string[];

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
    FakeSocket.all.push(this);
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.isClosed = true;
  }

  say(message: Partial<ServerMessage>): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  get messages(): { type: string }[] {
    return this.sent
      .filter((data) => typeof data === 'string')
      .map((data) => JSON.parse(data as string) as { type: string });
  }
}

const frame = { sequence: 0, samples: new Float32Array(512) };
const ready = { type: 'ready', ability: '', settings: defaultSettings } as const;

describe('session client', () => {
  let states: ClientState[];
  let asked: string[];
  let refusal: Error | null;
  let client: SessionClient;

  const tickets: Tickets = {
    create: async () => admission('new'),
    again: async (id) => admission(`again ${id}`),
  };
  const admission = (what: string) => {
    asked.push(what);
    if (refusal) throw refusal;
    return { sessionId: 's1', ticket: `t${asked.length}`, webSocketPath: '/api/v1/s1' };
  };
  const kinds = () => states.map(({ kind }) => kind);
  const socket = () => FakeSocket.all.at(-1)!;

  beforeEach(async () => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    [states, asked, refusal] = [[], [], null];
    client = new SessionClient({
      tickets,
      settings: defaultSettings,
      origin: 'ws://here',
      onState: (state) => states.push(state),
      onMessage: () => {},
      onFrame: () => {},
      WebSocket: FakeSocket as unknown as typeof WebSocket,
    });
    await vi.advanceTimersByTimeAsync(0);
  });
  afterEach(() => {
    client.end();
    vi.useRealTimers();
  });

  it('opens with its ticket, sends once the server is ready, asks for the clock', () => {
    expect(socket().url).toBe('ws://here/api/v1/s1');
    expect(socket().protocols).toEqual(['anc.v1', 'ticket.t1']);
    expect(client.sendFrame(frame)).toBe(false);
    expect(client.unsent).toBe(1);
    socket().say({ ...ready, resumed: false });
    expect(client.sendFrame(frame)).toBe(true);
    expect(socket().messages[0]!.type).toBe('ping');
    socket().say({ type: 'pong', clientMs: performance.now(), serverMs: 5000 });
    expect(client.clock.offsetMs).toBeCloseTo(5000 - performance.now(), 3);
  });

  it('comes back with a new ticket of the same session, later each time', async () => {
    socket().say({ ...ready, resumed: false });
    const gaps: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      socket().onclose?.({ code: 1006, reason: '' });
      const from = performance.now();
      const before = FakeSocket.all.length;
      while (FakeSocket.all.length === before) await vi.advanceTimersByTimeAsync(10);
      gaps.push(performance.now() - from);
    }
    expect(asked).toEqual(['new', ...Array.from({ length: 5 }, () => 'again s1')]);
    [250, 500, 1000, 2000, 4000].forEach((wait, i) => {
      expect(gaps[i]).toBeGreaterThanOrEqual(wait);
      expect(gaps[i]).toBeLessThanOrEqual(1.25 * wait + 10);
    });
    socket().say({ ...ready, resumed: true });
    expect(states.at(-1)).toEqual({ kind: 'live', resumed: true });
  });

  it('gives a line up on which nothing comes for two seconds, and minds no late event of it', async () => {
    socket().say({ ...ready, resumed: false });
    const old = socket();
    await vi.advanceTimersByTimeAsync(2900);
    expect(old.isClosed).toBe(true);
    expect(FakeSocket.all.length).toBe(2);
    const count = states.length;
    old.onclose?.({ code: 1006, reason: '' });
    old.say({ ...ready, resumed: true });
    expect(states.length).toBe(count);
  });

  it('looks for another server when its own goes down', async () => {
    socket().say({ ...ready, resumed: false });
    socket().say({ type: 'ended', reason: 'shutdown' });
    await vi.advanceTimersByTimeAsync(400);
    expect(asked).toEqual(['new', 'again s1']);
    socket().say({ type: 'ended', reason: 'owner' });
    expect(states.at(-1)).toMatchObject({ kind: 'ended', reason: 'owner' });
  });

  it('leaves chunks out rather than piling them up', () => {
    socket().say({ ...ready, resumed: false });
    socket().bufferedAmount = 100_000;
    expect(client.sendFrame(frame)).toBe(false);
    socket().bufferedAmount = 0;
    expect(client.sendFrame(frame)).toBe(true);
  });

  it('ends when the server says so, or when it refuses for good; else it goes on asking', async () => {
    socket().say({ ...ready, resumed: false });
    refusal = new Error('no network');
    socket().onclose?.({ code: 1006, reason: '' });
    await vi.advanceTimersByTimeAsync(5000);
    expect(kinds().filter((kind) => kind === 'reconnecting').length).toBeGreaterThan(3);
    refusal = new RequestError(404, 'NOT_FOUND', 'there is no such session', null);
    await vi.advanceTimersByTimeAsync(5000);
    expect(states.at(-1)).toMatchObject({ kind: 'ended', error: { code: 'NOT_FOUND' } });
    const count = asked.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked.length).toBe(count);
  });

  it('says goodbye', () => {
    socket().say({ ...ready, resumed: false });
    client.end();
    expect(socket().messages.at(-1)!.type).toBe('end');
    expect(socket().isClosed).toBe(true);
    expect(states.at(-1)).toMatchObject({ kind: 'ended', reason: 'client', error: null });
  });
});
