import { AncError } from '@anc/link';

/** Of Node's sockets, when nobody listens or the line broke. */
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/** SQLSTATE: lost connections, shutting down, starting up, no connection left. */
const goneStates = /^(08...|57P0[1235]|53300)$/;
/** Of the driver, which gives them no code. */
const goneMessages =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|Cannot use a pool after|connection error/;

/** Errors of the line become ours; errors of the statement (SQLSTATE in `code`) stay as they are. */
export function asDatabaseError(error: unknown): unknown {
  if (error instanceof AncError || !(error instanceof Error)) return error;
  const { code = '' } = error as { code?: string };
  if (code === '57014' || error.message === 'Query read timeout')
    return new AncError('DATABASE_TIMEOUT', `the database did not finish in time`, {
      cause: error,
      hint: 'Try again later, or ask for less at once.',
    });
  if (code === '22021' || code === '22P05')
    return new AncError('TEXT_INVALID', 'a text holds U+0000, which no database text can', {
      cause: error,
      hint: 'Leave the character out.',
    });
  if (socketCodes.has(code) || goneStates.test(code) || goneMessages.test(error.message))
    return new AncError(
      'DATABASE_UNAVAILABLE',
      `the database cannot be reached: ${error.message || code}`,
      {
        cause: error,
        hint: 'Look whether PostgreSQL runs and keeps up; the server goes on by itself then.',
      },
    );
  return error;
}

export async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asDatabaseError(error);
  }
}

/** SQLSTATE 23505: a row with this unique value is there already. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '23505';
}
