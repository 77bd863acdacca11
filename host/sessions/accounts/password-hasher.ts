import { hash, verify } from '@node-rs/argon2';
import { AncError } from '@anc/link';
import { normalizePassword } from './password-rules.ts';

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** @param stored null for an account that is not there: the same work is done, and the answer is no */
  verify(stored: string | null, password: string): Promise<boolean>;
  /** made with other costs than are asked for now */
  isOutdated(stored: string): boolean;
}

export interface HasherOptions {
  readonly memoryKib?: number;
  readonly passes?: number;
  /** at once: each takes a thread of Node’s pool, which files and names need too */
  readonly parallel?: number;
  /** more than this wait: refused, so that a flood of log-ins is not answered minutes later */
  readonly waiting?: number;
}

/** argon2id; 19 MiB and 2 passes are what OWASP’s password storage cheat sheet asks for at least. */
export function createPasswordHasher(options: HasherOptions = {}): PasswordHasher {
  const { memoryKib = 19_456, passes = 2, parallel = 2, waiting = 1000 } = options;
  const costs = { memoryCost: memoryKib, timeCost: passes, parallelism: 1 };
  const limited = createLimit(parallel, waiting);
  let nobody: Promise<string> | null = null;
  return {
    hash: (password) => limited(() => hash(normalizePassword(password), costs)),
    async verify(stored, password) {
      const text = normalizePassword(password);
      if (stored !== null) return limited(() => verify(stored, text));
      nobody ??= hash('of nobody', costs);
      const there = await nobody;
      await limited(() => verify(there, text));
      return false;
    },
    isOutdated: (stored) => !stored.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=1$`),
  };
}

type Limited = <T>(work: () => Promise<T>) => Promise<T>;

function createLimit(parallel: number, most: number): Limited {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= parallel) {
      if (queue.length >= most)
        throw new AncError('TOO_MANY_LOGINS', `${most} log-ins wait already`, {
          hint: 'Try again in some seconds.',
        });
      // The place of the one that ends is handed over, so that nobody comes between.
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
