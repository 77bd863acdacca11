import { defaultSettings } from '../../protocol/index.ts';
import type { Principal } from '../../accounts/principal.ts';
import { issueTicket } from '../../accounts/tickets.ts';
import { readPage } from '../paging.ts';
import { Refusal } from '../problem.ts';
import { type AnyRoute, route } from '../route.ts';
import { idParams, page } from '../schemas/common.ts';
import * as schema from '../schemas/sessions.ts';
import type { Services } from '../services.ts';
import { sessionView } from '../views.ts';

const tag = 'sessions';

const webSocketPathOf = (sessionId: string) => `/api/v1/sessions/${sessionId}/audio`;

export function sessionRoutes({ sessions, tickets, live, database }: Services): AnyRoute[] {
  const ticketFor = async ({ userId }: Principal, sessionId: string) => {
    const { ticket, expiresAt } = await issueTicket(tickets, { userId, sessionId });
    const webSocketPath = webSocketPathOf(sessionId);
    return { ticket, expiresAt: expiresAt.toISOString(), webSocketPath };
  };
  return [
    route({
      method: 'post',
      path: '/sessions',
      id: 'createSession',
      tag,
      summary: 'A session, and the ticket that opens its WebSocket',
      access: 'sessions:write',
      body: schema.newSession,
      status: 201,
      reply: schema.createdSession,
      problems: ['SESSIONS_TOO_MANY', 'DRAINING'],
      handle: async ({ principal, body }) => {
        if (live.isDraining) throw new Refusal('DRAINING', 'this server takes no new sessions');
        const { name, settings = defaultSettings } = body;
        const row = await sessions.create(principal, name, settings);
        return {
          headers: { Location: `/api/v1/sessions/${row.id}` },
          body: { session: sessionView(row), ticket: await ticketFor(principal, row.id) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/sessions',
      id: 'listSessions',
      tag,
      summary: 'Sessions that the caller may see, newest first',
      access: 'sessions:read',
      query: schema.sessionQuery,
      status: 200,
      reply: page('Session', schema.session),
      handle: async ({ principal, query }) => ({
        body: await sessions.list(principal, query, sessionView),
      }),
    }),
    route({
      method: 'get',
      path: '/sessions/{id}',
      id: 'getSession',
      tag,
      summary: 'One session',
      access: 'sessions:read',
      params: idParams,
      status: 200,
      reply: schema.session,
      handle: async ({ principal, params }) => ({
        body: sessionView(await sessions.get(principal, params.id)),
      }),
    }),
    route({
      method: 'post',
      path: '/sessions/{id}/tickets',
      id: 'createTicket',
      tag,
      summary: 'Another ticket for a session of the caller, to open its WebSocket again',
      access: 'sessions:write',
      params: idParams,
      status: 201,
      reply: schema.ticket,
      problems: ['SESSION_ENDED'],
      handle: async ({ principal, params }) => {
        const { id } = await sessions.own(principal, params.id);
        return { body: await ticketFor(principal, id) };
      },
    }),
    route({
      method: 'patch',
      path: '/sessions/{id}/settings',
      id: 'changeSettings',
      tag,
      summary: 'What a session can be told while it runs',
      access: 'sessions:write',
      params: idParams,
      body: schema.settingsChange,
      status: 200,
      reply: schema.settings,
      problems: ['SESSION_ENDED'],
      handle: async ({ principal, params, body }) => {
        // Rights first: the part that runs it knows no users.
        const row = await sessions.get(principal, params.id);
        const settings = live.settings(params.id, body) ?? { ...row.settings, ...body };
        await sessions.keepSettings(principal, params.id, settings);
        return { body: settings };
      },
    }),
    route({
      method: 'post',
      path: '/sessions/{id}/end',
      id: 'endSession',
      tag,
      summary: 'Ends a session for good; one that is over stays as it is',
      access: 'sessions:write',
      params: idParams,
      status: 200,
      reply: schema.session,
      handle: async ({ principal, params }) => {
        await sessions.get(principal, params.id);
        await live.end(params.id);
        return { body: sessionView(await sessions.end(principal, params.id)) };
      },
    }),
    route({
      method: 'get',
      path: '/sessions/{id}/history',
      id: 'sessionHistory',
      tag,
      summary: 'Figures of a session, one entry each 10 s, newest first',
      access: 'sessions:read',
      params: idParams,
      query: schema.progressQuery,
      status: 200,
      reply: page('SessionProgress', schema.progress),
      handle: async ({ principal, params, query }) => {
        await sessions.get(principal, params.id);
        const body = await database.reading(principal, (db) => {
          let rows = db
            .selectFrom('sessionProgress')
            .select(['id', 'at', 'stats', 'bands'])
            .where('sessionId', '=', params.id);
          if (query.from) rows = rows.where('at', '>=', new Date(query.from));
          if (query.to) rows = rows.where('at', '<', new Date(query.to));
          return readPage(rows, query, 'at', ({ at, stats, bands }) => ({
            ...{ at: at.toISOString(), stats, bands: [...bands] },
          }));
        });
        return { body };
      },
    }),
    route({
      method: 'get',
      path: '/stats/sessions',
      id: 'liveStats',
      tag,
      summary: 'Live figures of this server over its sessions',
      access: 'server:read',
      status: 200,
      reply: schema.liveStats,
      handle: async () => ({ body: { ...live.stats(), draining: live.isDraining } }),
    }),
  ];
}
