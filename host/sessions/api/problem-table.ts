/**
 * Every code that the API answers with: its HTTP status, what it means, and what to do about it. Codes are stable; errors
 * of the parts below arrive with theirs. `/api/docs/problems` shows this table.
 */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly hint: string | null;
}

const kind = (status: number, title: string, hint: string | null = null): ProblemKind => ({
  status,
  title,
  hint,
});

export const problemTable = {
  BODY_MALFORMED: kind(400, 'The body is no JSON', 'Send one JSON object, encoded as UTF-8.'),
  BODY_INVALID: kind(400, 'The body is not as the document says', '`errors` names the fields.'),
  QUERY_INVALID: kind(400, 'The query is not as the document says', '`errors` names the fields.'),
  PATH_INVALID: kind(400, 'The path holds a malformed value', '`errors` names the fields.'),
  CURSOR_INVALID: kind(400, 'The cursor is none of this list', 'Take `next` of the last page.'),
  REQUEST_MALFORMED: kind(400, 'The request is no HTTP', null),
  NOT_AUTHENTICATED: kind(
    401,
    'Credentials are needed',
    'Send `Authorization: Bearer TOKEN` of a log-in, or `X-API-Key`.',
  ),
  CREDENTIALS_SEVERAL: kind(
    400,
    'There is a token and an API key',
    'Send either `Authorization` or `X-API-Key`.',
  ),
  NOT_PERMITTED: kind(403, 'The role or the key does not reach so far', null),
  ORIGIN_REFUSED: kind(
    403,
    'The request comes from a foreign page',
    'Pages of other origins are let in by CORS_ORIGINS.',
  ),
  NOT_FOUND: kind(404, 'There is nothing here', '`/api/docs` lists what there is.'),
  METHOD_NOT_ALLOWED: kind(405, 'The method does not fit', '`Allow` lists those that do.'),
  REQUEST_TIMEOUT: kind(408, 'The request did not come whole in time', null),
  TICKET_INVALID: kind(401, 'The ticket opens nothing', null),
  USER_DISABLED: kind(403, 'The account was disabled', 'Ask an administrator.'),
  QUOTA_EXCEEDED: kind(403, 'The recordings of this user take their share', 'Delete some.'),
  CONFLICT: kind(409, 'The state does not allow this', null),
  SESSIONS_TOO_MANY: kind(409, 'The user has enough open sessions', 'End one of them.'),
  JOB_NOT_FAILED: kind(409, 'Only a job that failed is tried again'),
  SESSION_ENDED: kind(410, 'The session is over', 'Create a new one.'),
  RECORDING_GONE: kind(410, 'The file of the recording is not on this server', null),
  CONTENT_TOO_LARGE: kind(413, 'The body is too large', null),
  RECORDING_TOO_LARGE: kind(413, 'The recording is too large', null),
  CONTENT_TYPE_UNSUPPORTED: kind(415, 'The content type does not fit', null),
  RANGE_NOT_SATISFIABLE: kind(416, 'The recording has no such bytes', null),
  WAV_INVALID: kind(422, 'The bytes are no sound', null),
  WAV_TRUNCATED: kind(422, 'The sound is cut off', null),
  WAV_UNSUPPORTED: kind(422, 'The sound is in a format that is not read', null),
  CHECKSUM_MISMATCH: kind(422, 'What came is not what was sent', 'Send the recording again.'),
  UPLOADS_TOO_MANY: kind(429, 'The user sends several recordings', 'Wait until one is done.'),
  RATE_LIMITED: kind(429, 'Too many requests', 'Wait as long as `Retry-After` says.'),
  HEADERS_TOO_LARGE: kind(431, 'The header fields are too large', null),
  INTERNAL: kind(
    500,
    'The server failed',
    'Give the operator the `X-Request-Id` of this response.',
  ),
  DATABASE_UNAVAILABLE: kind(503, 'The database does not answer', 'Try again in a moment.'),
  DATABASE_TIMEOUT: kind(503, 'The database did not finish in time', 'Ask for less at once.'),
  NOT_READY: kind(503, 'The server cannot serve yet', '`parts` names what is missing.'),
  DRAINING: kind(503, 'The server is going down', 'Another instance, or this one again, will.'),
  STORAGE_FULL: kind(507, 'The disk is full', 'Delete recordings, or ask the operator.'),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemTable;

export function problemKind(code: string): ProblemKind | undefined {
  return (problemTable as Record<string, ProblemKind>)[code];
}
