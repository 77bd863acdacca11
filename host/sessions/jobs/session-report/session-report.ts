import { type JobDefinition, orderOf } from '../job-definition.ts';
import { sessionPage } from './page.ts';
import { readSession } from './read-session.ts';
import { reportOf, type SessionReport } from './report.ts';

export const sessionReport: JobDefinition<SessionReport> = {
  kind: 'session-report',
  expireSeconds: 60,
  retryLimit: 3,
  retryDelaySeconds: 2,
  async run(context) {
    const { actor, subjectId } = orderOf(context);
    return reportOf(await readSession(context.database, actor, subjectId));
  },
  page: sessionPage,
};
