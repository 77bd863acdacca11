import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export function dataFolderOf(env: NodeJS.ProcessEnv): string {
  const { ANC_DATA_FOLDER, XDG_DATA_HOME } = env;
  if (ANC_DATA_FOLDER) return resolve(ANC_DATA_FOLDER);
  return XDG_DATA_HOME ? join(XDG_DATA_HOME, 'anc-platform') : join(homedir(), '.anc-platform');
}

/** Made at the first start, so that log-ins outlive a restart while developing. */
export function developmentSecret(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'jwt-secret');
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}
