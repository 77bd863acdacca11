import { AncError } from '@anc/link';
import { type AnyJobDefinition, FinalJobError, type JobContext } from './job-definition.ts';

export type RunResult =
  | { readonly outcome: 'completed'; readonly result: object }
  | { readonly outcome: 'failed'; readonly error: AncError; readonly isFinal: boolean };

/** Why a run is told to end; also what the job says about it afterwards. */
export function endOfRun(code: 'JOB_EXPIRED' | 'JOB_CANCELLED' | 'SERVER_STOPPING', why: string) {
  return new AncError(code, why);
}

/** One run to its end, or to the abortion of its signal, whichever is first: code that hears no signal is left behind. */
export async function runJob(
  definition: AnyJobDefinition,
  context: JobContext,
): Promise<RunResult> {
  const { signal } = context;
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const work = Promise.resolve(definition.run(context));
    work.catch(() => {});
    return { outcome: 'completed', result: (await Promise.race([work, aborted])) as object };
  } catch (cause) {
    return { outcome: 'failed', error: asJobError(cause), isFinal: cause instanceof FinalJobError };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Errors with a code are for the user. What others say may name files and statements: it goes to the log alone. */
function asJobError(cause: unknown): AncError {
  if (cause instanceof AncError) return cause;
  return new AncError('INTERNAL', 'The job met an error inside the server.', { cause });
}
