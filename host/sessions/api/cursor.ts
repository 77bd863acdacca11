import { Refusal } from './problem.ts';

/** A place in a list that is ordered by time and id, newest first. */
export interface Place {
  readonly at: string;
  readonly id: string;
}

/** Microseconds, as PostgreSQL keeps them: a JavaScript date would cut them off and the page would repeat entries. */
const pattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00))\|([0-9a-f-]{36})$/;

export function encodeCursor({ at, id }: Place): string {
  return Buffer.from(`${at}|${id}`).toString('base64url');
}

/** @throws Refusal CURSOR_INVALID */
export function decodeCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const [, at, id] = pattern.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (at === undefined || id === undefined)
    throw new Refusal('CURSOR_INVALID', `'${cursor}' is no cursor of this list`);
  return { at, id };
}
