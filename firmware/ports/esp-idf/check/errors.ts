/** What keeps the check from running, with a hint; the library throws it and only main.ts prints. */
export class CheckError extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
