import { AncError } from '@anc/link';
import type { ErrorView } from './panel-protocol.ts';

export { AncError };

export function errorView(error: unknown): ErrorView {
  if (error instanceof AncError) {
    return { code: error.code, message: error.message, hint: error.hint ?? null };
  }
  return {
    code: 'INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    hint: null,
  };
}
