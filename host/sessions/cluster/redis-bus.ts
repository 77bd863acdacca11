import { randomUUID } from 'node:crypto';
import { AncError } from '@anc/link';
import type { Redis } from 'ioredis';
import type { Logger } from '../logging/index.ts';
import type { Handlers, RequestKind, Requests } from './cluster.ts';
import { unreachable } from './unreachable.ts';

interface Question {
  readonly id: string;
  readonly from: string;
  readonly kind: RequestKind;
  readonly ask: unknown;
}
interface Reply {
  readonly re: string;
  readonly answer?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

const answerWithinMs = 1500;
const everybody = 'anc:instances';
const channelOf = (instance: string) => `anc:instance:${instance}`;

/** Questions and answers between instances, by publish and subscribe of Redis. */
export class RedisBus {
  readonly #redis: Redis;
  readonly #listener: Redis;
  readonly #instance: string;
  readonly #log: Logger;
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  #isListening = false;
  #handlers: Handlers | null = null;

  constructor(redis: Redis, instance: string, log: Logger) {
    this.#redis = redis;
    this.#instance = instance;
    this.#log = log;
    // A connection that listens can do nothing else.
    this.#listener = redis.duplicate({ autoResubscribe: false });
    this.#listener.on('error', () => {});
    this.#listener.on('close', () => (this.#isListening = false));
    this.#listener.on('ready', () => void this.#listen());
    this.#listener.on('message', (_channel: string, text: string) => this.#heard(text));
  }

  serve(handlers: Handlers): void {
    this.#handlers = handlers;
  }

  /** null: nobody of that name listens. @throws AncError INSTANCES_UNREACHABLE, and what the handler threw */
  async ask<Kind extends RequestKind>(
    instance: string,
    kind: Kind,
    ask: Requests[Kind]['ask'],
  ): Promise<Requests[Kind]['answer'] | null> {
    const { replies, isComplete } = await this.#send(channelOf(instance), kind, ask, 0);
    const [reply] = replies;
    if (reply?.error) throw new AncError(reply.error.code, reply.error.message);
    if (reply) return reply.answer as Requests[Kind]['answer'];
    if (isComplete) return null;
    throw unreachable(`${instance} does not answer`);
  }

  /** Of those that answer in time; none when Redis is away. */
  async askOthers<Kind extends RequestKind>(
    kind: Kind,
    ask: Requests[Kind]['ask'],
  ): Promise<Requests[Kind]['answer'][]> {
    const own = this.#isListening ? 1 : 0;
    const { replies } = await this.#send(everybody, kind, ask, own).catch(() => ({ replies: [] }));
    return replies.flatMap(({ answer, error }) =>
      error ? [] : [answer as Requests[Kind]['answer']],
    );
  }

  close(): void {
    this.#listener.disconnect();
  }

  async #listen(): Promise<void> {
    try {
      await this.#listener.subscribe(everybody, channelOf(this.#instance));
      this.#isListening = true;
    } catch (err) {
      this.#log.debug({ err }, 'not subscribed');
    }
  }

  /** @param own how many of the receivers are this instance itself */
  async #send(
    channel: string,
    kind: RequestKind,
    ask: unknown,
    own: number,
  ): Promise<{ replies: Reply[]; isComplete: boolean }> {
    const id = randomUUID();
    const replies: Reply[] = [];
    let [expected, timer] = [Infinity, undefined as NodeJS.Timeout | undefined];
    try {
      // Answers may be here before the number of those that were asked.
      const all = new Promise<boolean>((resolve) => {
        this.#waiting.set(id, (reply) => {
          replies.push(reply);
          if (replies.length >= expected) resolve(true);
        });
        timer = setTimeout(() => resolve(false), answerWithinMs);
      });
      const question: Question = { id, from: this.#instance, kind, ask };
      expected = (await this.#publish(channel, question)) - own;
      const isComplete = replies.length >= expected || (await all);
      return { replies, isComplete };
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  async #publish(channel: string, message: Question | Reply): Promise<number> {
    try {
      return await this.#redis.publish(channel, JSON.stringify(message));
    } catch (error) {
      throw unreachable('Redis does not answer', error);
    }
  }

  #heard(text: string): void {
    let message: Question | Reply;
    try {
      message = JSON.parse(text) as Question | Reply;
    } catch (err) {
      this.#log.warn({ err }, 'a message between instances is no JSON');
      return;
    }
    if ('re' in message) this.#waiting.get(message.re)?.(message);
    else if (message.from !== this.#instance) void this.#answer(message);
  }

  async #answer({ id, from, kind, ask }: Question): Promise<void> {
    // One of another version may ask what this one does not know.
    const handler = this.#handlers?.[kind] as ((ask: unknown) => unknown) | undefined;
    let reply: Reply;
    try {
      if (!handler) throw new AncError('INSTANCES_UNREACHABLE', `'${kind}' is not answered here`);
      reply = { re: id, answer: await handler(ask) };
    } catch (error) {
      const { code = 'INTERNAL', message } = error as { code?: string; message: string };
      this.#log.debug({ err: error, kind, from }, 'another instance was refused');
      reply = { re: id, error: { code, message } };
    }
    await this.#publish(channelOf(from), reply).catch(() => {});
  }
}
