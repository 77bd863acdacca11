/**
 * What this package throws: a stable code, a message with the actual values, a hint.
 * Codes: CORE_MISSING, CORE_INVALID, CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY, CORE_DISPOSED.
 */
export class CoreError extends Error {
  override readonly name = 'CoreError';
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, options: { cause?: unknown; hint: string }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint;
  }
}

/** @throws CoreError CORE_OPTION_INVALID unless `isFine` */
export function checkOption(isFine: boolean, name: string, value: unknown, allowed: string): void {
  if (isFine) return;
  throw new CoreError('CORE_OPTION_INVALID', `${name} is ${allowed}, not ${String(value)}.`, {
    hint: `Give ${name} as ${allowed}.`,
  });
}

export function isWhole(value: number, lowest: number, highest: number): boolean {
  return Number.isInteger(value) && value >= lowest && value <= highest;
}
