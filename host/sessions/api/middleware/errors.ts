import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { contextOf } from './request-id.ts';
import { Refusal, problemOf, sendProblem } from '../problem.ts';

/** Clients that are still sending get their answer before the connection ends. */
const lingerMs = 5000;

/** What Express and the driver of the database throw, as ours. */
function refusalOf(error: unknown): unknown {
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

/** The rest of a body that nobody wants is thrown away; a connection that goes on with it is closed. */
function lingerOf(request: Request): void {
  if (request.complete) return;
  const { socket } = request;
  // Not in the timer itself: when the process was busy, the rest waits in the socket and is read after the timers.
  const timer = setTimeout(
    () => setImmediate(() => request.complete || socket.destroy()),
    lingerMs,
  );
  request.resume().once('close', () => clearTimeout(timer));
}

export const notFound: RequestHandler = (request) => {
  throw new Refusal('NOT_FOUND', `there is nothing at ${request.method} ${request.path}`);
};

/** The last of the chain: whatever was thrown becomes a problem; what we did not expect is written to the log. */
export function errors(onFault: (code: string) => void = () => {}): ErrorRequestHandler {
  return (thrown, request, response, next) => {
    const error = refusalOf(thrown);
    const { id, log } = contextOf(request);
    const path = request.originalUrl.split('?', 1)[0] ?? '/';
    const problem = problemOf(error, path, id);
    if (problem.status >= 500) {
      log.error({ err: error }, problem.title);
      onFault(problem.code);
    } else log.debug({ code: problem.code, detail: problem.detail }, 'refused');
    // Half a body is out already: only the end of the connection can say that it went wrong.
    if (response.headersSent) return void next(error);
    if (error instanceof Refusal) response.set(error.headers);
    if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer realm="anc"');
    if (problem.status === 503) response.set('Retry-After', '5');
    lingerOf(request);
    sendProblem(response, problem);
  };
}
