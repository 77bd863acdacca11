/** The secondary model in a file of settings: Base64 in lines, so that a changed model is a readable diff. */
import { AncError } from '@anc/link';

const lineLength = 76;

export function modelLines(bytes: Uint8Array): string[] {
  return (
    Buffer.from(bytes)
      .toString('base64')
      .match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
  );
}

/** Errors: FILE_INVALID. */
export function modelBytes(lines: readonly string[]): Uint8Array {
  const text = lines.join('');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > 0 && bytes.toString('base64') === text) return bytes;
  throw new AncError('FILE_INVALID', `a secondary model of ${text.length} letters is no Base64`);
}
