import type { SessionSettings } from '../protocol/index.ts';
import type { InstanceFigures } from '../stats/figures.ts';

/** What one instance asks of another, and what it is answered. */
export interface Requests {
  /** End it, with its last figures written. Answer: whether it ran there. */
  end: { readonly ask: { readonly sessionId: string }; readonly answer: boolean };
  /** Let it go, with its last figures written: it goes on with the one who asks. Answer: whether it ran there. */
  handOver: { readonly ask: { readonly sessionId: string }; readonly answer: boolean };
  /** Answer: the settings then; null: it does not run there. */
  settings: {
    readonly ask: { readonly sessionId: string; readonly change: Partial<SessionSettings> };
    readonly answer: SessionSettings | null;
  };
  figures: { readonly ask: Record<never, never>; readonly answer: InstanceFigures };
}
export type RequestKind = keyof Requests;

/** How this instance answers the others. */
export type Handlers = {
  readonly [Kind in RequestKind]: (
    ask: Requests[Kind]['ask'],
  ) => Promise<Requests[Kind]['answer']> | Requests[Kind]['answer'];
};

/** Which instance runs which session, and talk between them. Nothing on the audio's way waits for it. */
export interface Cluster {
  /** To be called once, when the sessions can be asked. `lost`: another instance runs this session by now. */
  serve(handlers: Handlers, lost: (sessionId: string) => void): void;
  /** It runs here from now on. */
  opened(sessionId: string): void;
  closed(sessionId: string): void;
  /** Name of the other instance that runs it; null: none. @throws AncError INSTANCES_UNREACHABLE: nobody knows */
  ownerOf(sessionId: string): Promise<string | null>;
  /** Of these, those that some instance runs. @throws AncError INSTANCES_UNREACHABLE */
  running(sessionIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** null: that instance is not there any more. @throws AncError INSTANCES_UNREACHABLE, and what the handler threw */
  ask<Kind extends RequestKind>(
    instance: string,
    kind: Kind,
    ask: Requests[Kind]['ask'],
  ): Promise<Requests[Kind]['answer'] | null>;
  /** Of all others that answer in time. */
  askOthers<Kind extends RequestKind>(
    kind: Kind,
    ask: Requests[Kind]['ask'],
  ): Promise<Requests[Kind]['answer'][]>;
  close(): Promise<void>;
}
