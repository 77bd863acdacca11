import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nginxConf } from '../cluster/nginx-conf.ts';
import { ChildProgram, missing } from './child-program.ts';
import { freePort } from './free-port.ts';

export const NGINX_MISSING = missing('nginx');

/** A real nginx on a free port of the loopback, by the template of deploy/, in front of the instances. */
export class TestNginx {
  readonly #program: ChildProgram;
  readonly #folder: string;
  /** host and port */
  readonly address: string;

  private constructor(program: ChildProgram, folder: string, address: string) {
    this.#program = program;
    this.#folder = folder;
    this.address = address;
  }

  static async start(instances: readonly string[]): Promise<TestNginx> {
    const folder = mkdtempSync(join(tmpdir(), 'anc-nginx-'));
    const address = `127.0.0.1:${await freePort()}`;
    const file = join(folder, 'nginx.conf');
    // as root it would run its workers as a user who may not enter the folder
    const user = process.getuid?.() === 0 ? 'user root;\n' : '';
    writeFileSync(file, user + nginxConf({ listen: address, tls: null, instances, folder }));
    const program = new ChildProgram('nginx', ['-c', file, '-e', 'stderr', '-g', 'daemon off;']);
    await program.until(async () => (await fetch(`http://${address}/metrics`)).status === 404);
    return new TestNginx(program, folder, address);
  }

  async end(): Promise<void> {
    await this.#program.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
