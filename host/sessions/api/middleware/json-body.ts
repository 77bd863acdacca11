import { json } from 'express';
import type { Request, Response } from 'express';
import { Refusal } from '../problem.ts';

export const defaultBodyLimitBytes = 64 * 1024;

/** Not compressed: a small body must not become a large one. */
const parsers = new Map<number, ReturnType<typeof json>>();

function parserFor(limit: number) {
  const known = parsers.get(limit);
  if (known) return known;
  const parser = json({ limit, inflate: false, strict: true, type: 'application/json' });
  parsers.set(limit, parser);
  return parser;
}

/** Read only when the caller may send it. @throws Refusal CONTENT_TYPE_UNSUPPORTED, or what body-parser throws */
export async function readJson(
  request: Request,
  response: Response,
  limitBytes = defaultBodyLimitBytes,
): Promise<unknown> {
  requireContentType(request, 'application/json');
  await new Promise<void>((resolve, reject) =>
    parserFor(limitBytes)(request, response, (error?: unknown) =>
      error === undefined ? resolve() : reject(error as Error),
    ),
  );
  return request.body as unknown;
}

/** @throws Refusal CONTENT_TYPE_UNSUPPORTED */
export function requireContentType(request: Request, wanted: string): void {
  if (request.is(wanted)) return;
  const given = request.get('Content-Type');
  throw new Refusal(
    'CONTENT_TYPE_UNSUPPORTED',
    given ? `the content type is '${given.slice(0, 100)}'` : 'the body has no content type',
    { hint: `Send ${wanted}.` },
  );
}
