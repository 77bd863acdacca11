/** What the reference throws for bad input; `code` is stable, `message` has the values, `hint` says what to do. */
export class DspError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'DspError';
    this.code = code;
    this.hint = options.hint;
  }
}
