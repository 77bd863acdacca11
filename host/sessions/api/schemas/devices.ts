import { z } from 'zod';
import { id, pageQuery, text, time, timeRangeQuery } from './common.ts';

const serialNumber = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be 1..64 of A-Z a-z 0-9 . _ : -')
  .meta({ example: 'ANC-000417' });

export const device = z
  .strictObject({
    id,
    userId: id,
    serialNumber: z.string(),
    board: z.string(),
    firmwareVersion: z.string(),
    name: z.string(),
    createdAt: time,
    lastSeenAt: time.nullable(),
  })
  .meta({ id: 'Device' });

export const newDevice = z
  .strictObject({
    serialNumber,
    board: text(64).meta({ example: 'virtual-i2s' }),
    firmwareVersion: text(32).meta({ example: '0.1.0' }),
    name: text(100, 0).default('').meta({ example: 'left cup' }),
  })
  .meta({ id: 'NewDevice' });
export const deviceQuery = z.strictObject({
  ...pageQuery,
  board: text(64).optional(),
  serialNumber: serialNumber.optional(),
  userId: id.optional(),
});

const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.]{0,63}$/, 'is no name of a value');
/** What a headset measures of itself, by name; docs/protocol.md lists those of its telemetry. */
const values = z
  .record(fieldName, z.union([z.number(), z.boolean(), text(200, 0), z.null()]))
  .refine((fields) => Object.keys(fields).length <= 64, 'holds more than 64 values')
  .refine((fields) => Object.keys(fields).length > 0, 'holds no value')
  .meta({ example: { errorMeanSquare: 0.00021, clippedSamples: 0, mode: 'anc' } });

export const telemetry = z.strictObject({ at: time, values }).meta({ id: 'Telemetry' });
export const maxTelemetryBatch = 500;
export const telemetryBatch = z
  .strictObject({ entries: z.array(telemetry).min(1).max(maxTelemetryBatch) })
  .meta({ id: 'TelemetryBatch' });
export const telemetryRow = z
  .strictObject({ id, at: time, receivedAt: time, values: z.record(z.string(), z.unknown()) })
  .meta({ id: 'TelemetryRow' });
export const telemetryQuery = z.strictObject({ ...pageQuery, ...timeRangeQuery });
export const accepted = z.strictObject({ accepted: z.int().min(0) }).meta({ id: 'Accepted' });
