import { z } from 'zod';
import { id, pageQuery, text, time, timeRangeQuery } from './common.ts';

export const recording = z
  .strictObject({
    id,
    userId: id,
    sessionId: id.nullable(),
    name: z.string(),
    note: z.string(),
    bytes: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    channels: z.int().min(1),
    sampleRateHz: z.number(),
    durationSeconds: z.number(),
    createdAt: time,
  })
  .meta({ id: 'Recording' });

/** Names are labels: they never become paths. */
export const uploadQuery = z.strictObject({
  name: text(200).meta({ example: 'train, window seat' }),
  note: text(1000, 0).default(''),
  sessionId: id.optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .meta({ description: 'hex; what came is compared with it' }),
});
export const recordingQuery = z.strictObject({
  ...pageQuery,
  ...timeRangeQuery,
  sessionId: id.optional(),
  userId: id.optional(),
});
