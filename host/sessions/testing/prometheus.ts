import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildProgram, missing } from './child-program.ts';
import { freePort } from './free-port.ts';

export const PROMETHEUS_MISSING = missing('prometheus') || missing('promtool');

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [seconds: number, value: string];
}

/** A real Prometheus on a free port, with its data in a temporary folder. */
export class TestPrometheus {
  readonly #program: ChildProgram;
  readonly #folder: string;
  readonly #url: string;

  private constructor(program: ChildProgram, folder: string, url: string) {
    this.#program = program;
    this.#folder = folder;
    this.#url = url;
  }

  /** @param config text of prometheus.yml */
  static async start(config: string): Promise<TestPrometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'anc-prometheus-'));
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, config);
    const address = `127.0.0.1:${await freePort()}`;
    const program = new ChildProgram('prometheus', [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ]);
    const prometheus = new TestPrometheus(program, folder, `http://${address}`);
    await program.until(async () => (await fetch(`http://${address}/-/ready`)).ok);
    return prometheus;
  }

  async query(promql: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(promql)}`);
    const answer = (await response.json()) as {
      status: string;
      error?: string;
      data?: { result: Sample[] };
    };
    if (answer.status !== 'success') throw new Error(`${promql}: ${answer.error}`);
    return answer.data!.result;
  }

  async end(): Promise<void> {
    await this.#program.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
