import { z } from 'zod';
import {
  algorithms,
  checkSettings,
  defaultSettings,
  noiseKinds,
  settingLimits,
} from '../../protocol/index.ts';
import { id, pageQuery, text, time, timeRangeQuery } from './common.ts';

const { taps, stepSize, intensity, bufferSize, delay } = settingLimits;
const within = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z.number().min(min).max(max);
const wholeWithin = (limits: { readonly min: number; readonly max: number }) =>
  within(limits).int();

const settingFields = {
  algorithm: z.enum(algorithms),
  taps: wholeWithin(taps).meta({ description: 'samples at 48 kHz' }),
  stepSize: within(stepSize),
  intensity: within(intensity),
  bufferSize: wholeWithin(bufferSize).meta({ description: 'chunks that may wait' }),
  bypassMl: z.boolean().meta({ description: 'no classification of the noise' }),
  channels: z.union([z.literal(1), z.literal(2)]),
  delay: wholeWithin(delay).meta({ description: 'of the line enhancer, samples' }),
  sampleFormat: z.enum(['int16', 'float32']),
};

export const settings = z
  .strictObject(settingFields)
  .meta({ id: 'SessionSettings', example: defaultSettings });

/** What the fields cannot say one by one. */
export const newSettings = z
  .strictObject({
    algorithm: settingFields.algorithm.default(defaultSettings.algorithm),
    taps: settingFields.taps.default(defaultSettings.taps),
    stepSize: settingFields.stepSize.default(defaultSettings.stepSize),
    intensity: settingFields.intensity.default(defaultSettings.intensity),
    bufferSize: settingFields.bufferSize.default(defaultSettings.bufferSize),
    bypassMl: settingFields.bypassMl.default(defaultSettings.bypassMl),
    channels: settingFields.channels.default(defaultSettings.channels),
    delay: settingFields.delay.default(defaultSettings.delay),
    sampleFormat: settingFields.sampleFormat.default(defaultSettings.sampleFormat),
  })
  .superRefine((settings, context) => {
    // what each field alone cannot tell
    const problem = context.issues.length > 0 ? null : checkSettings(settings);
    if (problem)
      context.addIssue({
        code: 'custom',
        path: [problem.setting],
        message: `${problem.message} ${problem.hint}`,
      });
  })
  .meta({ id: 'NewSessionSettings', example: { taps: 1024, channels: 2 } });

/** What a running session takes. */
export const settingsChange = z
  .strictObject({
    stepSize: settingFields.stepSize.optional(),
    intensity: settingFields.intensity.optional(),
    bufferSize: settingFields.bufferSize.optional(),
    bypassMl: settingFields.bypassMl.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'names nothing to change')
  .meta({ id: 'SettingsChange', example: { intensity: 0.8 } });

const percentiles = z
  .strictObject({ p50: z.number(), p95: z.number(), p99: z.number() })
  .meta({ id: 'Percentiles' });
export const latency = z
  .strictObject({ queueMs: percentiles, filterMs: percentiles, totalMs: percentiles })
  .meta({ id: 'ServerLatency' });
const level = z.number().nullable();

export const sessionStats = z
  .strictObject({
    chunksProcessed: z.int().min(0),
    chunksDropped: z.int().min(0),
    chunksFilled: z.int().min(0),
    chunksRefused: z.int().min(0),
    queueDepth: z.int().min(0),
    inputDbfs: level,
    outputDbfs: level,
    cancellationDb: level,
    latency,
  })
  .meta({ id: 'SessionStats' });

const sessionState = z.enum(['created', 'live', 'ended']);
export const session = z
  .strictObject({
    id,
    userId: id,
    name: z.string(),
    state: sessionState,
    settings,
    instance: z.string().nullable().meta({ description: 'the server that runs it' }),
    stats: sessionStats.nullable().meta({ description: 'of the last progress' }),
    createdAt: time,
    startedAt: time.nullable(),
    seenAt: time.nullable(),
    endedAt: time.nullable(),
    endReason: z.enum(['client', 'owner', 'idle', 'shutdown', 'replaced']).nullable(),
  })
  .meta({ id: 'Session' });

export const newSession = z
  .strictObject({
    name: text(100, 0).default('').meta({ example: 'desk' }),
    settings: newSettings.optional(),
  })
  .meta({ id: 'NewSession' });
export const ticket = z
  .strictObject({
    ticket: z.string().meta({ description: 'opens the WebSocket once' }),
    expiresAt: time,
    webSocketPath: z.string().meta({
      description: 'with the subprotocols `anc.v1` and `ticket.TICKET`',
      example: '/api/v1/sessions/7f1c4a52-9d0e-4c1b-8a37-5f2d6b0e9c11/audio',
    }),
  })
  .meta({ id: 'Ticket' });
export const createdSession = z.strictObject({ session, ticket }).meta({ id: 'CreatedSession' });

export const sessionQuery = z.strictObject({
  ...pageQuery,
  ...timeRangeQuery,
  state: sessionState.optional(),
  userId: id.optional().meta({ description: 'of others: for those who may see them' }),
});

export const progress = z
  .strictObject({
    at: time,
    stats: sessionStats,
    bands: z.array(z.strictObject({ centreHz: z.number(), inputDbfs: level, outputDbfs: level })),
  })
  .meta({ id: 'SessionProgress' });
export const progressQuery = z.strictObject({ ...pageQuery, ...timeRangeQuery });

export const liveStats = z
  .strictObject({
    active: z.int().min(0).meta({ description: 'sessions that this server runs' }),
    chunksProcessed: z.int().min(0).meta({ description: 'since the server’s start' }),
    chunksDropped: z.int().min(0),
    chunksFilled: z.int().min(0),
    chunksRefused: z.int().min(0),
    latencyMs: percentiles
      .nullable()
      .meta({ description: 'receiving to sending, all chunks of the last 10 to 20 s' }),
    cancellationDb: z.number().nullable().meta({ description: 'mean over sessions with sound' }),
    draining: z.boolean(),
  })
  .meta({ id: 'LiveStats' });

export const noiseKind = z.enum(noiseKinds).meta({ id: 'NoiseKind' });
