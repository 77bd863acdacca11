import { PageError } from './page-error.ts';

/** A refusal of the server. */
export class RequestError extends PageError {
  readonly status: number;

  constructor(status: number, code: string, message: string, hint: string | null) {
    super(code, message, { hint });
    this.status = status;
  }
}
