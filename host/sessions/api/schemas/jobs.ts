import { z } from 'zod';
import { jobKinds, jobStates } from '../job-queue.ts';
import { id, pageQuery, time } from './common.ts';

const kind = z.enum(jobKinds).meta({ id: 'JobKind' });
const state = z.enum(jobStates).meta({ id: 'JobState' });

export const job = z
  .strictObject({
    id,
    kind,
    state,
    userId: id.nullable().meta({ description: 'who ordered it; null: the clock' }),
    subjectId: id.nullable().meta({ description: 'session or recording' }),
    tries: z.int().min(0),
    maxTries: z.int().min(1),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    result: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Job' });

export const newJob = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('session-report'), sessionId: id }),
    z.strictObject({ kind: z.literal('recording-analysis'), recordingId: id }),
  ])
  .meta({
    id: 'NewJob',
    example: { kind: 'session-report', sessionId: '7f1c4a52-9d0e-4c1b-8a37-5f2d6b0e9c11' },
  });
export const jobQuery = z.strictObject({
  ...pageQuery,
  kind: kind.optional(),
  state: state.optional(),
  subjectId: id.optional(),
});
