import { hintFor } from './hints.ts';

/** What every library function of the host throws: a stable code, a message with the actual values, a hint. */
export class AncError extends Error {
  override readonly name = 'AncError';
  /** UPPER_SNAKE, stable: scripts may compare it. */
  readonly code: string;
  /** What to do about it, where there is something to do. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? hintFor(code);
  }
}

/** The error itself when it is one of ours, else one with `code` around it. */
export function asAncError(error: unknown, code = 'INTERNAL'): AncError {
  if (error instanceof AncError) return error;
  if (error instanceof Error) {
    const { code: own, hint } = error as { code?: unknown; hint?: unknown };
    // Errors of @anc/dsp-reference and @anc/boards have the same shape.
    if (typeof own === 'string' && typeof hint === 'string')
      return new AncError(own, error.message, { hint, cause: error });
    return new AncError(code, error.message, { cause: error });
  }
  return new AncError(code, String(error));
}
