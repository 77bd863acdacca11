/** What a page shows: a stable code, a message with the values, what to do about it. */
export class PageError extends Error {
  readonly code: string;
  readonly hint: string | null;

  constructor(
    code: string,
    message: string,
    { hint = null, cause }: { readonly hint?: string | null; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'PageError';
    this.code = code;
    this.hint = hint;
  }
}

/** Any error as one to show. */
export function pageErrorOf(error: unknown): PageError {
  if (error instanceof PageError) return error;
  const { message, code, hint } = error as Error & { code?: unknown; hint?: unknown };
  return new PageError(typeof code === 'string' ? code : 'PAGE_FAILED', message, {
    cause: error,
    hint: typeof hint === 'string' ? hint : null,
  });
}
