import { type ChildProcess, fork } from 'node:child_process';
import { serverArguments, serverEnvironment } from '../../setup/server-process.mjs';
import { TestNginx } from '../testing/nginx.ts';
import type { ServerResult } from './load-server.ts';

/** Server processes, one by itself, or several behind nginx. */
export class Servers {
  /** behind nginx; 0: one without */
  readonly instances: number;
  readonly port: number;
  readonly #children: readonly ChildProcess[];
  readonly #nginx: TestNginx | null;

  /** @param workers threads of each; null: as the server chooses */
  static async start(instances: number, workers: number | null): Promise<Servers> {
    const children = Array.from({ length: instances || 1 }, () =>
      startProcess('server', workers === null ? [] : [String(workers)]),
    );
    const ports = await Promise.all(
      children.map(async (child) => ((await message(child, 'ready')) as { port: number }).port),
    );
    if (instances === 0) return new Servers(0, ports[0]!, children, null);
    const nginx = await TestNginx.start(
      ports.map((port) => `127.0.0.1:${port}`),
      false,
    );
    return new Servers(instances, Number(nginx.address.split(':')[1]), children, nginx);
  }

  private constructor(
    instances: number,
    port: number,
    children: readonly ChildProcess[],
    nginx: TestNginx | null,
  ) {
    this.instances = instances;
    this.port = port;
    this.#children = children;
    this.#nginx = nginx;
  }

  get nginxCpuSeconds(): number {
    return this.#nginx?.cpuSeconds ?? 0;
  }

  send(request: object): void {
    for (const child of this.#children) child.send(request);
  }

  all<T>(type: string): Promise<T[]> {
    return Promise.all(this.#children.map((child) => message(child, type) as Promise<T>));
  }

  async end(): Promise<void> {
    this.send({ type: 'stop' });
    await this.#nginx?.end();
  }
}

export function startProcess(name: string, args: readonly string[] = []): ChildProcess {
  const isServer = name === 'server';
  const profile = process.env['ANC_CPU_PROF']
    ? ['--cpu-prof', '--cpu-prof-dir=reports/profile']
    : [];
  return fork(process.argv[1]!, args, {
    env: {
      ...process.env,
      ANC_LOAD_ROLE: name,
      ...(isServer ? serverEnvironment(process.env) : {}),
    },
    execArgv: isServer ? [...serverArguments, ...profile] : [],
  });
}

export function message(child: ChildProcess, type: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const take = (value: { type: string }) => {
      if (value.type !== type) return;
      child.off('message', take);
      child.off('exit', gone);
      resolve(value);
    };
    const gone = (code: number | null) => reject(new Error(`a process ended with ${code}`));
    child.on('message', take);
    child.on('exit', gone);
  });
}

/** Of all instances; the percentiles those of the slowest. */
export function together(all: readonly ServerResult[]): ServerResult {
  const results = all.filter(({ processed }) => processed > 0);
  const sum = (of: (result: ServerResult) => number) => results.reduce((s, r) => s + of(r), 0);
  return {
    cpu: {
      user: sum((r) => r.cpu.user),
      system: sum((r) => r.cpu.system),
      all: sum((r) => r.cpu.all),
    },
    processed: sum((r) => r.processed),
    dropped: sum((r) => r.dropped),
    filled: sum((r) => r.filled),
    refused: sum((r) => r.refused),
    p50: Math.max(...results.map((r) => r.p50)),
    p99: Math.max(...results.map((r) => r.p99)),
    memoryMiB: sum((r) => r.memoryMiB),
  };
}
