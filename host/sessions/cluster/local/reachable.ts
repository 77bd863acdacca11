import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { AncError } from '@anc/link';

export const isRoot = process.getuid?.() === 0;

/**
 * A folder inside the data folder; as root, which hands its programs to users of their own, those get to it by its name.
 * @throws AncError FOLDER_UNREACHABLE
 */
export function makeReachable(dataFolder: string, folder: string, user: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (!isRoot) return;
  chmodSync(dataFolder, 0o711);
  const as = [`--reuid=${user}`, `--regid=${user}`, '--init-groups'];
  const { status } = spawnSync('setpriv', [...as, 'test', '-x', folder]);
  if (status === 0) return;
  throw new AncError('FOLDER_UNREACHABLE', `the user ${user} cannot enter ${folder}`, {
    hint: 'Take another data folder, as ANC_DATA_FOLDER=/var/lib/anc-platform, or start it as a user who is not root.',
  });
}
