// Writes what is generated from boards/; with --check it only says what has drifted, status 1.
import { dirname } from 'node:path';
import { BoardError } from './errors.ts';
import { generate } from './generate.ts';
import { boardsFolder } from './load.ts';

const check = process.argv.includes('--check');
try {
  const drift = generate(dirname(boardsFolder(process.cwd())), { check });
  for (const { path, change } of drift)
    process.stdout.write(`${check ? 'drifted' : change}: ${path}\n`);
  process.exitCode = check && drift.length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof BoardError)) throw error;
  for (const { code, path, message } of error.findings)
    process.stderr.write(`${code}: ${path} ${message}\n`);
  process.stderr.write(`${error.code}: ${error.message} (hint: ${error.hint})\n`);
  process.exitCode = 1;
}
