export { jobDefinitions } from './definitions.ts';
export type { AnyJobDefinition, JobActor, JobContext, JobDefinition } from './job-definition.ts';
export { FinalJobError } from './job-definition.ts';
export { eraseJobs } from './job-table.ts';
export { type RetentionDays, retentionOf } from './retention/retention-days.ts';
export type { RecordingResult } from './recording-analysis/recording-analysis.ts';
export type { SessionReport } from './session-report/report.ts';
export * from './start-jobs.ts';
