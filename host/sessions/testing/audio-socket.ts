/** The client's side of a live session, as short as tests need it. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { chunkSamples, encodeFrame } from '../protocol/index.ts';

export interface AudioSocket {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what comes is what the tests look at
  readonly ready: any;
  /** Chunks of noise in real time; resolves when the last is sent. */
  sendChunks(count: number): Promise<void>;
  close(): void;
  readonly closed: Promise<unknown>;
}

export class UpgradeRefused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** @throws UpgradeRefused with the status and the code of the problem */
export async function openAudio(
  url: string,
  { webSocketPath, ticket }: { readonly webSocketPath: string; readonly ticket?: string },
  headers: Readonly<Record<string, string>> = {},
): Promise<AudioSocket> {
  const protocols = ['anc.v1', ...(ticket === undefined ? [] : [`ticket.${ticket}`])];
  const socket = new WebSocket(`${url.replace('http', 'ws')}${webSocketPath}`, protocols, {
    headers,
  });
  socket.on('error', () => {});
  const refused = once(socket, 'unexpected-response').then(async ([, response]) => {
    const answer = response as IncomingMessage;
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    throw new UpgradeRefused(answer.statusCode!, (JSON.parse(text) as { code: string }).code);
  });
  refused.catch(() => {});
  const [first] = (await Promise.race([once(socket, 'message'), refused])) as [Buffer];
  return {
    ready: JSON.parse(String(first)) as unknown,
    async sendChunks(count) {
      for (let sequence = 0; sequence < count; sequence += 1) {
        const samples = Float32Array.from({ length: chunkSamples }, () => Math.random() - 0.5);
        socket.send(encodeFrame({ sequence, samples }));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: () => socket.close(),
    closed: once(socket, 'close'),
  };
}

/** What an upgrade was refused with. */
export async function refusalOf(opening: Promise<AudioSocket>): Promise<UpgradeRefused> {
  const socket = await opening.catch((error: unknown) => error);
  if (socket instanceof UpgradeRefused) return socket;
  throw socket instanceof Error ? socket : new Error('the WebSocket was opened');
}
