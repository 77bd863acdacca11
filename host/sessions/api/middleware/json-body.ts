import type { Request } from 'express';
import { Refusal } from '../problem.ts';

export const defaultBodyLimitBytes = 64 * 1024;

/**
 * The JSON of a request, read only when its sender may send it, and never beyond the limit.
 * @throws Refusal CONTENT_TYPE_UNSUPPORTED, CONTENT_TOO_LARGE, BODY_MALFORMED
 */
export async function readJson(
  request: Request,
  limitBytes = defaultBodyLimitBytes,
): Promise<unknown> {
  requireContentType(request, 'application/json');
  // Not compressed: a small body must not become a large one.
  const encoding = request.get('Content-Encoding') ?? 'identity';
  if (encoding !== 'identity')
    throw new Refusal(
      'CONTENT_TYPE_UNSUPPORTED',
      `the body is encoded as ${encoding.slice(0, 50)}`,
    );
  const tooLarge = () =>
    new Refusal('CONTENT_TOO_LARGE', `the body is larger than ${limitBytes} bytes`);
  if (Number(request.get('Content-Length') ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of bodyOf(request)) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return parse(Buffer.concat(chunks));
}

/** Who leaves the loop early leaves the connection open: the answer still has to go out. */
export function bodyOf(request: Request): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

/** @throws Refusal CONTENT_TYPE_UNSUPPORTED */
export function requireContentType(request: Request, wanted: string): void {
  const given = request.get('Content-Type');
  const [type, charset] = (given ?? '').toLowerCase().split(/; *charset=/);
  const isUtf8 = charset === undefined || /^"?utf-8"?$/.test(charset);
  if (type!.trim() === wanted && isUtf8) return;
  throw new Refusal(
    'CONTENT_TYPE_UNSUPPORTED',
    given ? `the content type is '${given.slice(0, 100)}'` : 'the body has no content type',
    { hint: `Send ${wanted}.` },
  );
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    const detail = bytes.length === 0 ? 'the body is empty' : (cause as Error).message;
    throw new Refusal('BODY_MALFORMED', detail.slice(0, 200), { cause });
  }
}
