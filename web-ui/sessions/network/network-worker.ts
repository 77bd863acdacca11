import type { SessionSettings } from '../../../host/sessions/protocol/index.ts';
import { RequestError } from '../shared/request-error.ts';
import type { FromNetwork, ToNetwork } from './network-messages.ts';
import { NetworkSession } from './network-session.ts';
import type { Admission, Tickets } from './session-client.ts';

const scope = self as unknown as Worker;
const post = (message: FromNetwork, transfer: Transferable[] = []) =>
  scope.postMessage(message, transfer);

/** The page has the account: it is asked for sessions and tickets. */
class PageTickets implements Tickets {
  #requests: { resolve(admission: Admission): void; reject(error: Error): void }[] = [];

  create(settings: SessionSettings): Promise<Admission> {
    return this.#ask({ sessionId: null, settings });
  }

  again(sessionId: string): Promise<Admission> {
    return this.#ask({ sessionId, settings: null });
  }

  #ask(
    wanted: Pick<Extract<FromNetwork, { readonly kind: 'admit' }>, 'sessionId' | 'settings'>,
  ): Promise<Admission> {
    return new Promise((resolve, reject) => {
      this.#requests.push({ resolve, reject });
      post({ kind: 'admit', request: this.#requests.length - 1, ...wanted });
    });
  }

  answer(message: Extract<ToNetwork, { readonly kind: 'admission' | 'refusal' }>): void {
    const request = this.#requests[message.request];
    if (message.kind === 'admission') return request?.resolve(message.admission);
    const { status, code, message: text, hint } = message.error;
    request?.reject(new RequestError(status, code, text, hint));
  }
}

const tickets = new PageTickets();
let session: NetworkSession | null = null;

scope.onmessage = ({ data }: MessageEvent<ToNetwork>) => {
  switch (data.kind) {
    case 'start':
      session = new NetworkSession(data, tickets, post);
      return;
    case 'admission':
    case 'refusal':
      return tickets.answer(data);
    case 'settings':
      return session?.change(data.settings);
    case 'output':
      return session?.setOutput(data.latency);
    case 'end':
      return session?.end();
  }
};
