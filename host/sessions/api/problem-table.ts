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
  REQUEST_MALFORMED: kind(400, 'The request is no HTTP'),
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
  TOKEN_EXPIRED: kind(401, 'The token has expired'),
  TOKEN_INVALID: kind(401, 'The token is none of this server'),
  TOKEN_REVOKED: kind(401, 'The log-in of the token has ended'),
  AUTHORIZATION_INVALID: kind(401, 'There is no bearer token'),
  API_KEY_INVALID: kind(401, 'The API key is not known'),
  API_KEY_EXPIRED: kind(401, 'The API key has expired'),
  API_KEY_REVOKED: kind(401, 'The API key was revoked'),
  CREDENTIALS_WRONG: kind(401, 'The address or the password is wrong'),
  REFRESH_INVALID: kind(401, 'There is no such refresh token', 'Log in again.'),
  REFRESH_EXPIRED: kind(401, 'The refresh token has expired', 'Log in again.'),
  REFRESH_REUSED: kind(401, 'The refresh token was used before', 'Log in again.'),
  ACCOUNT_DISABLED: kind(403, 'The account is disabled'),
  REGISTRATION_CLOSED: kind(403, 'Accounts are made by administrators'),
  GUESTS_CLOSED: kind(403, 'This server has no guests'),
  SCOPE_NOT_ALLOWED: kind(403, 'The role cannot give such a key'),
  METRICS_UNAUTHORIZED: kind(401, 'Metrics need their token'),
  METRICS_FORBIDDEN: kind(403, 'Metrics are for this machine'),
  NOT_PERMITTED: kind(403, 'This is not the caller’s'),
  GUEST_FORBIDDEN: kind(403, 'Guests may not do this'),
  ROLE_TOO_LOW: kind(403, 'The role does not reach so far'),
  KEY_FORBIDDEN: kind(403, 'API keys may not do this'),
  SCOPE_MISSING: kind(403, 'The key is narrower'),
  ORIGIN_REFUSED: kind(
    403,
    'The request comes from a foreign page',
    'Pages of other origins are let in by CORS_ORIGINS.',
  ),
  NOT_FOUND: kind(404, 'There is nothing here', '`/api/docs` lists what there is.'),
  USER_NOT_FOUND: kind(404, 'There is no such user'),
  API_KEY_NOT_FOUND: kind(404, 'There is no such API key'),
  SESSION_UNKNOWN: kind(404, 'There is no such session'),
  METHOD_NOT_ALLOWED: kind(405, 'The method does not fit', '`Allow` lists those that do.'),
  REQUEST_TIMEOUT: kind(408, 'The request did not come whole in time'),
  TICKET_INVALID: kind(401, 'The ticket opens nothing'),
  QUOTA_EXCEEDED: kind(403, 'The recordings of this user take their share', 'Delete some.'),
  EMAIL_TAKEN: kind(409, 'There is an account with this address'),
  LAST_ADMIN: kind(409, 'Nobody would be an administrator any more'),
  GUEST_ROLE: kind(409, 'Guests stay viewers'),
  API_KEYS_TOO_MANY: kind(409, 'There are enough API keys'),
  SETTING_FIXED: kind(409, 'A running session keeps this setting'),
  CONFLICT: kind(409, 'The state does not allow this'),
  SESSIONS_TOO_MANY: kind(409, 'The user has enough open sessions', 'End one of them.'),
  JOB_NOT_FAILED: kind(409, 'Only a job that failed is tried again'),
  JOB_ENDED: kind(409, 'The job has ended'),
  JOB_HAS_NO_PAGE: kind(409, 'The job makes no page'),
  SESSION_ENDED: kind(410, 'The session is over', 'Create a new one.'),
  RECORDING_GONE: kind(410, 'The file of the recording is not on this server'),
  CONTENT_TOO_LARGE: kind(413, 'The body is too large'),
  RECORDING_TOO_LARGE: kind(413, 'The recording is too large'),
  CONTENT_TYPE_UNSUPPORTED: kind(415, 'The content type does not fit'),
  RANGE_NOT_SATISFIABLE: kind(416, 'The recording has no such bytes'),
  EMAIL_INVALID: kind(422, 'This is no e-mail address'),
  PASSWORD_WEAK: kind(422, 'The password is too weak'),
  EXPIRY_PAST: kind(422, 'The time has passed already'),
  SETTING_INVALID: kind(422, 'No session can have these settings'),
  SETTING_UNKNOWN: kind(422, 'There is no such setting'),
  WAV_INVALID: kind(422, 'The bytes are no sound'),
  WAV_TRUNCATED: kind(422, 'The sound is cut off'),
  WAV_UNSUPPORTED: kind(422, 'The sound is in a format that is not read'),
  CHECKSUM_MISMATCH: kind(422, 'What came is not what was sent', 'Send the recording again.'),
  UPLOADS_TOO_MANY: kind(429, 'The user sends several recordings', 'Wait until one is done.'),
  TOO_MANY_LOGINS: kind(429, 'Too many log-ins wait', 'Try again in a moment.'),
  RATE_LIMITED: kind(429, 'Too many requests', 'Wait as long as `Retry-After` says.'),
  HEADERS_TOO_LARGE: kind(431, 'The header fields are too large'),
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
