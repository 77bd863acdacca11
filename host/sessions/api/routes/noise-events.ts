import { getDevice } from '../devices.ts';
import { readPage } from '../paging.ts';
import { Refusal } from '../problem.ts';
import { type AnyRoute, route } from '../route.ts';
import { page } from '../schemas/common.ts';
import * as schema from '../schemas/noise-events.ts';
import type { Services } from '../services.ts';
import { noiseEventView } from '../views.ts';

const tag = 'noise-events';

export function noiseEventRoutes({ database }: Services): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/noise-events',
      id: 'listNoiseEvents',
      tag,
      summary: 'Noises that sessions and devices recognised, newest first',
      access: 'noise-events:read',
      query: schema.noiseEventQuery,
      status: 200,
      reply: page('NoiseEvent', schema.noiseEvent),
      handle: async ({ principal, query }) => ({
        body: await database.reading(principal, (db) => {
          let rows = db.selectFrom('noiseEvents').selectAll();
          const { kind, emergency, sessionId, deviceId, userId, from, to } = query;
          if (kind) rows = rows.where('kind', '=', kind);
          if (emergency !== undefined) rows = rows.where('emergency', '=', emergency);
          if (sessionId) rows = rows.where('sessionId', '=', sessionId);
          if (deviceId) rows = rows.where('deviceId', '=', deviceId);
          if (userId) rows = rows.where('userId', '=', userId);
          if (from) rows = rows.where('at', '>=', new Date(from));
          if (to) rows = rows.where('at', '<', new Date(to));
          return readPage(rows, query, 'at', noiseEventView);
        }),
      }),
    }),
    route({
      method: 'post',
      path: '/noise-events',
      id: 'addNoiseEvent',
      tag,
      summary: 'A noise that a device recognised; sessions write theirs themselves',
      access: 'noise-events:write',
      limit: 'ingest',
      body: schema.newNoiseEvent,
      status: 201,
      reply: schema.noiseEvent,
      problems: ['NOT_FOUND'],
      handle: async ({ principal, body }) => ({
        body: await database.as(principal, async (db) => {
          const { userId } = await getDevice(db, body.deviceId);
          if (userId !== principal.userId)
            throw new Refusal('NOT_PERMITTED', 'the device belongs to somebody else');
          const row = await db
            .insertInto('noiseEvents')
            .values({ userId, ...body })
            .returningAll()
            .executeTakeFirstOrThrow();
          return noiseEventView(row);
        }),
      }),
    }),
  ];
}
