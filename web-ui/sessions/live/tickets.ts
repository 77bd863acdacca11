import type { ApiClient } from '../shared/api-client.ts';
import type { Tickets } from '../network/session-client.ts';

interface Ticket {
  readonly ticket: string;
  readonly webSocketPath: string;
}

/** Sessions and tickets of the API. */
export function apiTickets(api: ApiClient): Tickets {
  return {
    async create(settings) {
      const body = { name: 'live page', settings };
      const { session, ticket } = await api.post<{ session: { id: string }; ticket: Ticket }>(
        '/sessions',
        body,
      );
      return { sessionId: session.id, ...ticket };
    },
    async again(sessionId) {
      return { sessionId, ...(await api.post<Ticket>(`/sessions/${sessionId}/tickets`)) };
    },
  };
}
