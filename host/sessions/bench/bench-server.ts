import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { serverArguments, serverEnvironment } from '../../setup/server-process.mjs';
import { type ChildProgram, startChildProgram } from '../testing/typescript-program.ts';

/** A server in another process, with an administrator who asks by an API key. */
export class BenchServer {
  readonly url: string;
  readonly apiKey: string;
  readonly #program: ChildProgram;
  readonly #folder: string;

  private constructor(program: ChildProgram, folder: string, url: string, apiKey: string) {
    this.#program = program;
    this.#folder = folder;
    this.url = url;
    this.apiKey = apiKey;
  }

  /** @param pages folder of the built pages; null: the API alone */
  static async start(
    env: NodeJS.ProcessEnv = {},
    pages: string | null = null,
  ): Promise<BenchServer> {
    const folder = mkdtempSync(join(tmpdir(), 'anc-bench-'));
    const program = await startChildProgram(
      'host/sessions/bench/server-program.ts',
      pages ? [pages] : [],
      {
        NODE_ENV: 'development',
        ANC_DATA_FOLDER: folder,
        LOG_FOLDER: join(folder, 'logs'),
        PORT: '0',
        INSTANCE: 'bench',
        SESSIONS_PER_USER: '1000',
        JWT_SECRET: randomBytes(32).toString('base64url'),
        ...serverEnvironment(process.env),
        ...env,
      },
      serverArguments,
    );
    const { value } = await program.lines.next();
    if (value === undefined) throw new Error('the server ended before it listened');
    const { url } = JSON.parse(String(value)) as { url: string };
    return new BenchServer(program, folder, url, await apiKeyOf(url));
  }

  /** @throws with what the server answered, when that is no success */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return call<T>(this.url, method, path, { 'x-api-key': this.apiKey }, body);
  }

  /** Values of the series of some names at one scrape, those of one name added up. */
  async metrics<Name extends string>(...names: Name[]): Promise<Record<Name, number>> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const sums = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
    for (const line of text.split('\n')) {
      const name = /^\w+/.exec(line)?.[0] as Name;
      if (name in sums) sums[name] += Number(line.slice(line.lastIndexOf(' ') + 1));
    }
    return sums;
  }

  async end(): Promise<void> {
    await this.#program.end('SIGTERM');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Access tokens end after minutes, keys do not. */
async function apiKeyOf(url: string): Promise<string> {
  const password = `Aa1!${randomBytes(18).toString('base64url')}`;
  const account = { email: 'bench@example.org', password };
  const registered = await call<{ accessToken: string }>(
    url,
    'POST',
    '/auth/register?deliver=body',
    {},
    account,
  );
  const headers = { authorization: `Bearer ${registered.accessToken}` };
  const made = await call<{ key: string }>(url, 'POST', '/api-keys', headers, { name: 'bench' });
  return made.key;
}

async function call<T>(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : null) as T;
}
