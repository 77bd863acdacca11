/** Orders a job, says whose it is when it runs, and never ends it. */
import { randomUUID } from 'node:crypto';
import { type DatabaseOptions, openDatabase } from '../storage/index.ts';
import { addUser, definition, startTestJobs } from './testing.ts';

const database = await openDatabase(JSON.parse(process.argv[2]!) as DatabaseOptions);
const user = await addUser(database);
const { jobs } = await startTestJobs(database, {
  definitions: [
    definition(
      'session-report',
      () => {
        process.stdout.write(`${JSON.stringify(user)}\n`);
        return new Promise(() => {});
      },
      { expireSeconds: 1, retryLimit: 1 },
    ),
  ],
});
await jobs.order(user, { kind: 'session-report', subjectId: randomUUID() });
