import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nginxConf } from '../cluster/nginx-conf.ts';
import { ChildProgram, missing } from './child-program.ts';
import { freePort } from '../cluster/local/free-port.ts';

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

  /** @param limits of requests and connections of one address, as in earnest */
  static async start(instances: readonly string[], limits = true): Promise<TestNginx> {
    const folder = mkdtempSync(join(tmpdir(), 'anc-nginx-'));
    const address = `127.0.0.1:${await freePort()}`;
    const file = join(folder, 'nginx.conf');
    // as root it would run its workers as a user who may not enter the folder
    const user = process.getuid?.() === 0 ? 'user root;\n' : '';
    const text = nginxConf({ listen: address, tls: null, instances, folder });
    writeFileSync(file, user + (limits ? text : text.replace(/^ *limit_(conn|req) .*$/gm, '')));
    const program = new ChildProgram('nginx', ['-c', file, '-e', 'stderr', '-g', 'daemon off;']);
    await program.until(async () => (await fetch(`http://${address}/metrics`)).status === 404);
    return new TestNginx(program, folder, address);
  }

  /** of a core, all its processes, since they started, seconds */
  get cpuSeconds(): number {
    const { pid } = this.#program;
    const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return [String(pid), ...workers.filter(Boolean)].reduce((sum, id) => sum + cpuOf(id), 0);
  }

  async end(): Promise<void> {
    await this.#program.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** user and system time of /proc/PID/stat, in hundredths of a second */
function cpuOf(pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
