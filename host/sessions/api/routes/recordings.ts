import type { Request, Response } from 'express';
import type { RecordingRow } from '../../recordings/recordings-store.ts';
import { bodyOf } from '../middleware/json-body.ts';
import { Refusal } from '../problem.ts';
import { type AnyRoute, route } from '../route.ts';
import { idParams, page } from '../schemas/common.ts';
import * as schema from '../schemas/recordings.ts';
import type { Services } from '../services.ts';
import { recordingView } from '../views.ts';

const tag = 'recordings';
const wav = 'audio/wav';

export function recordingRoutes({ recordings }: Services): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/recordings',
      id: 'uploadRecording',
      tag,
      summary: 'A WAV file, checked while it comes',
      description:
        'The body is the file. It is kept whole or not at all; one user sends at most two at once.',
      access: 'recordings:write',
      query: schema.uploadQuery,
      consumes: wav,
      status: 201,
      reply: schema.recording,
      problems: [
        'RECORDING_TOO_LARGE',
        'QUOTA_EXCEEDED',
        'UPLOADS_TOO_MANY',
        'WAV_INVALID',
        'WAV_TRUNCATED',
        'WAV_UNSUPPORTED',
        'CHECKSUM_MISMATCH',
        'STORAGE_FULL',
        'NOT_FOUND',
      ],
      handle: async ({ principal, query, request }) => {
        const announcedBytes = announcedBytesOf(request);
        const row = await recordings.add(principal, { ...query, announcedBytes }, bodyOf(request));
        return {
          headers: { Location: `/api/v1/recordings/${row.id}` },
          body: recordingView(row),
        };
      },
    }),
    route({
      method: 'get',
      path: '/recordings',
      id: 'listRecordings',
      tag,
      summary: 'Recordings that the caller may see, newest first',
      access: 'recordings:read',
      query: schema.recordingQuery,
      status: 200,
      reply: page('Recording', schema.recording),
      handle: async ({ principal, query }) => ({
        body: await recordings.list(principal, query, recordingView),
      }),
    }),
    route({
      method: 'get',
      path: '/recordings/{id}',
      id: 'getRecording',
      tag,
      summary: 'What is known of one recording',
      access: 'recordings:read',
      params: idParams,
      status: 200,
      reply: schema.recording,
      handle: async ({ principal, params }) => ({
        body: recordingView(await recordings.get(principal, params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/recordings/{id}/file',
      id: 'downloadRecording',
      tag,
      summary: 'The file; `Range` asks for a part of it',
      access: 'recordings:read',
      params: idParams,
      status: 200,
      alsoReplies: [206, 304],
      produces: wav,
      problems: ['RANGE_NOT_SATISFIABLE', 'RECORDING_GONE'],
      handle: async ({ principal, params, response }) => {
        const row = await recordings.get(principal, params.id);
        await sendFile(response, recordings.files.folder, row);
      },
    }),
    route({
      method: 'delete',
      path: '/recordings/{id}',
      id: 'deleteRecording',
      tag,
      summary: 'The recording goes, and its file',
      access: 'recordings:write',
      params: idParams,
      status: 204,
      handle: async ({ principal, params }) => recordings.delete(principal, params.id),
    }),
  ];
}

function announcedBytesOf(request: Request): number | null {
  const length = request.get('Content-Length');
  return length === undefined ? null : Number(length);
}

/** Answers `Range`, `If-None-Match` and HEAD; the bytes never change, so their hash is the tag. */
async function sendFile(response: Response, root: string, row: RecordingRow): Promise<void> {
  response.set({
    'Content-Type': wav,
    'Cache-Control': 'private, no-cache',
    ETag: `"${row.sha256}"`,
  });
  response.attachment(fileNameOf(row.name));
  await new Promise<void>((resolve, reject) =>
    response.sendFile(
      row.fileKey,
      { root, dotfiles: 'deny', cacheControl: false, etag: false },
      (error?: NodeJS.ErrnoException & { status?: number }) => {
        if (!error || error.code === 'ECONNABORTED' || error.code === 'EPIPE') return resolve();
        if (error.code === 'ENOENT')
          return reject(new Refusal('RECORDING_GONE', `the file of ${row.id} is not here`));
        reject(error);
      },
    ),
  );
}

/** A label, made safe for every file system that it may be saved to. */
function fileNameOf(name: string): string {
  const safe = name
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_')
    .replace(/^\.+/, '')
    .trim();
  return /\.wav$/i.test(safe) ? safe : `${safe || 'recording'}.wav`;
}
