import { AncError } from '@anc/link';

export const unreachable = (what: string, cause?: unknown): AncError =>
  new AncError('INSTANCES_UNREACHABLE', `the other instances cannot be asked: ${what}`, { cause });
