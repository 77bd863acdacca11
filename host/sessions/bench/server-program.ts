/** A session server in a process of its own, for measurements: as it is, but that no caller is one too many. */
import { openLog } from '../logging/index.ts';
import { readConfig } from '../config/index.ts';
import { policyNames, type Policies } from '../limits/policies.ts';
import { startServer } from '../start-server.ts';

const unlimited = { points: 1e9, windowS: 60 };
const config = readConfig(process.env);
const log = openLog({
  level: 'warn',
  folder: config.logs.folder,
  rotateBytes: config.logs.maxBytes,
  rotateEvery: '1d',
  keepFiles: config.logs.maxFiles,
  instance: config.instance,
});
const { url, lifecycle } = await startServer({
  config,
  logger: log.logger,
  pages: process.argv[2] ?? null,
  policies: Object.fromEntries(policyNames.map((name) => [name, unlimited])) as Policies,
});
process.stdout.write(`${JSON.stringify({ url })}\n`);
// Not longer than the process that measures.
process.stdin.on('close', () => process.exit()).resume();
lifecycle.onSignals((code) => void log.close().finally(() => process.exit(code)));
