import { z } from 'zod';
import { id, pageQuery, queryFlag, time, timeRangeQuery } from './common.ts';
import { noiseKind } from './sessions.ts';

const fields = {
  at: time,
  kind: noiseKind,
  confidence: z.number().min(0).max(1),
  levelDbfs: z.number().min(-300).max(20),
  emergency: z.boolean(),
};

export const noiseEvent = z
  .strictObject({
    id,
    userId: id,
    sessionId: id.nullable(),
    deviceId: id.nullable(),
    ...fields,
  })
  .meta({ id: 'NoiseEvent' });
export const newNoiseEvent = z
  .strictObject({ deviceId: id, ...fields, emergency: fields.emergency.default(false) })
  .meta({ id: 'NewNoiseEvent' });
export const noiseEventQuery = z.strictObject({
  ...pageQuery,
  ...timeRangeQuery,
  kind: noiseKind.optional(),
  emergency: queryFlag.optional().meta({ type: 'boolean' }),
  sessionId: id.optional(),
  deviceId: id.optional(),
  userId: id.optional(),
});
