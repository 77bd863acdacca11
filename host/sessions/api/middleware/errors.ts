import type { ErrorRequestHandler, RequestHandler } from 'express';
import { type ProblemCode } from '../problem-table.ts';
import { Refusal, problemOf, sendProblem } from '../problem.ts';

/** What body-parser calls its errors. */
const bodyCodes: Readonly<Record<string, ProblemCode>> = {
  'entity.too.large': 'CONTENT_TOO_LARGE',
  'entity.parse.failed': 'BODY_MALFORMED',
  'encoding.unsupported': 'CONTENT_TYPE_UNSUPPORTED',
  'charset.unsupported': 'CONTENT_TYPE_UNSUPPORTED',
  'request.aborted': 'BODY_MALFORMED',
  'request.size.invalid': 'BODY_MALFORMED',
};

function refusalOf(error: unknown): unknown {
  const { type, message, limit } = error as { type?: string; message?: string; limit?: number };
  const code = type === undefined ? undefined : bodyCodes[type];
  if (code === 'CONTENT_TOO_LARGE')
    return new Refusal(code, `the body is larger than ${limit} bytes`, { cause: error });
  if (code) return new Refusal(code, message ?? code, { cause: error });
  const { status, code: sqlState } = error as { status?: number; code?: string };
  if (status === 416) return new Refusal('RANGE_NOT_SATISFIABLE', 'there are no such bytes');
  // A policy of the database said no to what the checks before it had let through.
  if (sqlState === '42501')
    return new Refusal('NOT_PERMITTED', 'the row belongs to somebody else', { cause: error });
  // `%` without two hex digits behind it
  if (error instanceof URIError)
    return new Refusal('PATH_INVALID', 'the path is not percent-encoded', { cause: error });
  return error;
}

export const notFound: RequestHandler = (request) => {
  throw new Refusal('NOT_FOUND', `there is nothing at ${request.method} ${request.path}`);
};

/** The last of the chain: whatever was thrown becomes a problem; what we did not expect is written to the log. */
export function errors(onFault: (code: string) => void = () => {}): ErrorRequestHandler {
  return (thrown, request, response, next) => {
    const error = refusalOf(thrown);
    const path = request.originalUrl.split('?', 1)[0] ?? '/';
    const problem = problemOf(error, path, request.id);
    if (problem.status >= 500) {
      request.log.error({ err: error }, problem.title);
      onFault(problem.code);
    } else request.log.debug({ code: problem.code, detail: problem.detail }, 'refused');
    // Half a body is out already: only the end of the connection can say that it went wrong.
    if (response.headersSent) return void next(error);
    if (error instanceof Refusal) response.set(error.headers);
    if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer realm="anc"');
    if (problem.status === 503) response.set('Retry-After', '5');
    // What the client still sends is not read: the connection cannot carry another request.
    if (!request.complete) response.set('Connection', 'close');
    sendProblem(response, problem);
  };
}
