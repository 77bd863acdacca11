/** The pages' own client with a voice: sends sound in real time, and goes on wherever its session goes on. */
import { WebSocket } from 'ws';
import {
  type Admission,
  type ClientState,
  SessionClient,
} from '../../../web-ui/sessions/network/session-client.ts';
import { nominalChunksPerSecond } from '../live/index.ts';
import {
  type ServerMessage,
  type SessionSettings,
  chunkSamples,
  defaultSettings,
} from '../protocol/index.ts';

type Ready = Extract<ServerMessage, { type: 'ready' }>;
type Ticket = Omit<Admission, 'sessionId'>;
/** POST of the API; throws with the `status` of what was refused */
export type Post = <T>(path: string, body?: unknown) => Promise<T>;

export class RoamingClient {
  readonly states: ClientState[] = [];
  readonly messages: ServerMessage[] = [];
  /** answers, and when the last one came */
  received = 0;
  receivedAtMs = 0;
  /** between two answers */
  longestGapMs = 0;
  readonly #client: SessionClient;
  readonly #pump: NodeJS.Timeout;
  #sent = 0;

  constructor(url: string, post: Post, settings: Partial<SessionSettings> = {}) {
    this.#client = new SessionClient({
      tickets: {
        async create(wish) {
          const body = { settings: wish };
          const { session, ticket } = await post<{ session: { id: string }; ticket: Ticket }>(
            '/sessions',
            body,
          );
          return { sessionId: session.id, ...ticket };
        },
        again: async (sessionId) => ({
          sessionId,
          ...(await post<Ticket>(`/sessions/${sessionId}/tickets`)),
        }),
      },
      settings: { ...defaultSettings, bufferSize: 32, ...settings },
      origin: url.replace('http', 'ws'),
      onState: (state) => this.states.push(state),
      onMessage: (message) => this.messages.push(message),
      onFrame: (_frame, atMs) => this.#heard(atMs),
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    });
    const samples = Float32Array.from({ length: chunkSamples }, (_, i) => 0.1 * Math.sin(i / 9));
    const startMs = performance.now();
    this.#pump = setInterval(() => {
      const due = ((performance.now() - startMs) / 1000) * nominalChunksPerSecond;
      for (; this.#sent < due; this.#sent += 1)
        this.#client.sendFrame({ sequence: this.#sent, samples });
    }, 10);
  }

  get id(): string {
    return this.#client.sessionId!;
  }

  get isLive(): boolean {
    return this.states.at(-1)?.kind === 'live';
  }

  /** how often it was let in, each with what it was told */
  get readies(): Ready[] {
    return this.messages.filter((message): message is Ready => message.type === 'ready');
  }

  count(type: ServerMessage['type']): number {
    return this.messages.filter((message) => message.type === type).length;
  }

  change(settings: Partial<SessionSettings>): void {
    this.#client.change(settings);
  }

  /** Ends the session. */
  end(): void {
    clearInterval(this.#pump);
    this.#client.end();
  }

  #heard(atMs: number): void {
    if (this.received > 0)
      this.longestGapMs = Math.max(this.longestGapMs, atMs - this.receivedAtMs);
    this.receivedAtMs = atMs;
    this.received += 1;
  }
}
