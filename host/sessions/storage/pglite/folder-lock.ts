import { randomUUID } from 'node:crypto';
import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AncError } from '@anc/link';

interface Holder {
  readonly pid: number;
  /** of the process, in ticks since the boot; tells a new process with an old one’s number. null: not known here */
  readonly startedAt: string | null;
  readonly host: string;
  readonly token: string;
}

/** How often the holder shows that it lives, for those who cannot look at its process: other hosts, containers. */
const touchEveryMs = 5_000;
const silentAfterMs = 20_000;

/**
 * Two processes must not have one PGlite folder open: it would be destroyed. The lock of a process that was killed is
 * taken over.
 * @returns what gives the folder back
 * @throws AncError FOLDER_IN_USE
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'database.lock');
  const own: Holder = {
    pid: process.pid,
    startedAt: startOf(process.pid),
    host: hostname(),
    token: randomUUID(),
  };
  const draft = `${path}.${own.token}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    // A link is made whole or not at all, and only when no other is there.
    if (!tryLink(draft, path)) takeOver(draft, path, folder);
  } finally {
    rmSync(draft, { force: true });
  }
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // The folder is gone: there is nothing left to guard.
    }
  }, touchEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (holderOf(path)?.token === own.token) rmSync(path, { force: true });
  };
}

/** One at a time looks at a lock that is there, so that nobody takes over what another has just taken over. */
function takeOver(draft: string, path: string, folder: string): void {
  const guard = `${path}.taking`;
  if (!tryLink(draft, guard)) {
    if (!isSilent(guard)) throw inUse(folder, holderOf(path));
    rmSync(guard, { force: true });
    if (!tryLink(draft, guard)) throw inUse(folder, holderOf(path));
  }
  try {
    const holder = holderOf(path);
    if (holder && isAlive(holder, path)) throw inUse(folder, holder);
    renameSync(guard, path);
  } finally {
    rmSync(guard, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder, path: string): boolean {
  if (holder.host !== hostname()) return !isSilent(path);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.startedAt === startOf(holder.pid);
}

function isSilent(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > silentAfterMs;
  } catch {
    return true;
  }
}

/** Field 22 of `/proc/PID/stat`; the second, the name, may hold spaces and parentheses. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function inUse(folder: string, holder: Holder | null): AncError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new AncError('FOLDER_IN_USE', `the database in ${folder} is open in ${who}`, {
    hint: 'End the other server, give this one another ANC_DATA_FOLDER, or use PostgreSQL for several.',
  });
}
