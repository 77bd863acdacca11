import { z } from 'zod';

export const live = z.strictObject({ status: z.literal('live') }).meta({ id: 'Live' });

const part = z
  .strictObject({
    state: z.enum(['ready', 'failed', 'absent']).meta({ description: 'absent: not configured' }),
    detail: z.string().nullable(),
  })
  .meta({ id: 'Part' });
export const readiness = z
  .strictObject({
    status: z.enum(['ready', 'notReady', 'draining']),
    parts: z.strictObject({ database: part, redis: part, workers: part, jobs: part }),
  })
  .meta({ id: 'Readiness' });
