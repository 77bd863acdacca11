import { isDuplicate } from '../../storage/errors.ts';
import { addTelemetry, deleteDevice, getDevice } from '../devices.ts';
import { Refusal } from '../problem.ts';
import { readPage } from '../paging.ts';
import { type AnyRoute, route } from '../route.ts';
import { idParams, page } from '../schemas/common.ts';
import * as schema from '../schemas/devices.ts';
import type { Services } from '../services.ts';
import { deviceView, telemetryView } from '../views.ts';

const tag = 'devices';
const batchBytes = 1024 * 1024;

export function deviceRoutes({ database }: Services): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/devices',
      id: 'registerDevice',
      tag,
      summary: 'A headset joins the fleet of its owner',
      access: 'devices:write',
      body: schema.newDevice,
      status: 201,
      reply: schema.device,
      problems: ['CONFLICT'],
      handle: async ({ principal, body }) => {
        const row = await database
          .as(principal, (db) =>
            db
              .insertInto('devices')
              .values({ userId: principal.userId, ...body })
              .returningAll()
              .executeTakeFirstOrThrow(),
          )
          .catch((error: unknown) => {
            if (!isDuplicate(error)) throw error;
            throw new Refusal('CONFLICT', `there is a device ${body.serialNumber} already`, {
              hint: 'GET /devices?serialNumber=… finds it.',
            });
          });
        return {
          headers: { Location: `/api/v1/devices/${row.id}` },
          body: deviceView(row),
        };
      },
    }),
    route({
      method: 'get',
      path: '/devices',
      id: 'listDevices',
      tag,
      summary: 'Devices that the caller may see, newest first',
      access: 'devices:read',
      query: schema.deviceQuery,
      status: 200,
      reply: page('Device', schema.device),
      handle: async ({ principal, query }) => ({
        body: await database.reading(principal, (db) => {
          let rows = db.selectFrom('devices').selectAll();
          if (query.board) rows = rows.where('board', '=', query.board);
          if (query.serialNumber) rows = rows.where('serialNumber', '=', query.serialNumber);
          if (query.userId) rows = rows.where('userId', '=', query.userId);
          return readPage(rows, query, 'createdAt', deviceView);
        }),
      }),
    }),
    route({
      method: 'get',
      path: '/devices/{id}',
      id: 'getDevice',
      tag,
      summary: 'One device',
      access: 'devices:read',
      params: idParams,
      status: 200,
      reply: schema.device,
      handle: async ({ principal, params }) => ({
        body: deviceView(await database.as(principal, (db) => getDevice(db, params.id))),
      }),
    }),
    route({
      method: 'delete',
      path: '/devices/{id}',
      id: 'deleteDevice',
      tag,
      summary: 'A device leaves the fleet, and its telemetry with it',
      access: 'devices:write',
      params: idParams,
      status: 204,
      handle: async ({ principal, params }) => {
        await database.as(principal, (db) => deleteDevice(db, params.id));
      },
    }),
    route({
      method: 'post',
      path: '/devices/{id}/telemetry',
      id: 'addTelemetry',
      tag,
      summary: 'What a device measured of itself, one entry',
      access: 'telemetry:write',
      limit: 'ingest',
      params: idParams,
      body: schema.telemetry,
      status: 202,
      reply: schema.accepted,
      handle: async ({ principal, params, body }) => ({
        body: await database.as(principal, (db) => addTelemetry(db, principal, params.id, [body])),
      }),
    }),
    route({
      method: 'post',
      path: '/devices/{id}/telemetry/batch',
      id: 'addTelemetryBatch',
      tag,
      summary: `Up to ${schema.maxTelemetryBatch} entries of one device: all, or none`,
      access: 'telemetry:write',
      limit: 'ingest',
      params: idParams,
      body: schema.telemetryBatch,
      bodyLimitBytes: batchBytes,
      status: 202,
      reply: schema.accepted,
      handle: async ({ principal, params, body }) => ({
        body: await database.as(principal, (db) =>
          addTelemetry(db, principal, params.id, body.entries),
        ),
      }),
    }),
    route({
      method: 'get',
      path: '/devices/{id}/telemetry',
      id: 'listTelemetry',
      tag,
      summary: 'Telemetry of a device, newest first',
      access: 'devices:read',
      params: idParams,
      query: schema.telemetryQuery,
      status: 200,
      reply: page('Telemetry', schema.telemetryRow),
      handle: async ({ principal, params, query }) => ({
        body: await database.reading(principal, async (db) => {
          await getDevice(db, params.id);
          let rows = db.selectFrom('deviceTelemetry').selectAll().where('deviceId', '=', params.id);
          if (query.from) rows = rows.where('at', '>=', new Date(query.from));
          if (query.to) rows = rows.where('at', '<', new Date(query.to));
          return readPage(rows, query, 'at', telemetryView);
        }),
      }),
    }),
  ];
}
