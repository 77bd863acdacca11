// How Node runs a session server. Audio comes in thousands of short-lived buffers a second outside its heap:
// - glibc's allocator grows for an hour among them, jemalloc does not; it is taken where it is installed;
// - Node 20 takes them for a reason to collect the whole heap many times a second, unless that may be larger.
import { existsSync } from 'node:fs';

const jemalloc = [
  '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2',
  '/usr/lib/aarch64-linux-gnu/libjemalloc.so.2',
].find((path) => existsSync(path));

/** Arguments of node, before the program. */
export const serverArguments = ['--initial-old-space-size=256'];

/** What a server's environment has beside its own. */
export function serverEnvironment(env) {
  if (!jemalloc || env.LD_PRELOAD) return {};
  return { LD_PRELOAD: jemalloc };
}
