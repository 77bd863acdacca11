import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NginxOptions, nginxConf } from '../nginx-conf.ts';
import { LocalProgram } from './local-program.ts';
import { makeReachable } from './reachable.ts';

/** nginx of this machine by the template of deploy/. */
export async function startLocalNginx(
  dataFolder: string,
  options: Omit<NginxOptions, 'folder'>,
  isReady: () => Promise<boolean>,
  onLost: (exit: string) => void,
): Promise<LocalProgram> {
  const folder = join(dataFolder, 'nginx');
  makeReachable(dataFolder, folder, 'www-data');
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, nginxConf({ ...options, folder }));
  const program = new LocalProgram({
    name: 'nginx',
    command: 'nginx',
    args: ['-c', file, '-e', 'stderr', '-g', 'daemon off;'],
    // the instances have closed what there was
    stopSignal: 'SIGTERM',
    onLost,
  });
  await program.until(isReady);
  return program;
}
