// npm run format | format:check: prettier for what it knows, clang-format for C.
import { spawnSync } from 'node:child_process';
import { ensureSystemPackages, root, run } from './steps.mjs';

const write = process.argv.includes('--write');
ensureSystemPackages('format');
const tracked = spawnSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.c', '*.h'],
  {
    cwd: root,
    encoding: 'utf8',
  },
);
const sources = tracked.stdout.split('\n').filter((file) => file && !file.includes('/generated/'));
let status = run('npx', ['prettier', write ? '--write' : '--check', '--log-level', 'warn', '.']);
if (sources.length > 0) {
  const mode = write ? ['-i'] : ['--dry-run', '--Werror'];
  status = Math.max(status, run('clang-format-14', [...mode, '--style=file', ...sources]));
}
process.exit(status);
