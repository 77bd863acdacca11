import type { WavFormat } from '@anc/dsp-reference';
import type { JobContext } from '../job-definition.ts';
import { FinalJobError, type JobDefinition, orderOf } from '../job-definition.ts';
import type { RecordingAnalysis } from './analyse.ts';
import { analyseInThread } from './analyse-in-thread.ts';
import { recordingPage } from './page.ts';

export interface RecordingResult extends RecordingAnalysis {
  readonly recordingId: string;
  readonly name: string;
  readonly format: WavFormat;
}

export const recordingAnalysis: JobDefinition<RecordingResult> = {
  kind: 'recording-analysis',
  expireSeconds: 300,
  retryLimit: 2,
  retryDelaySeconds: 5,
  async run(context) {
    const { fileKey, id, name } = await rowOf(context);
    const path = context.recordings.files.pathOf(fileKey);
    const analysis = await analyseInThread(path, context.signal);
    return { recordingId: id, name, ...analysis };
  },
  page: recordingPage,
};

async function rowOf(context: JobContext) {
  const { actor, subjectId } = orderOf(context);
  const row = await context.database.as(actor, (db) =>
    db
      .selectFrom('recordings')
      .select(['id', 'name', 'fileKey'])
      .where('id', '=', subjectId)
      .executeTakeFirst(),
  );
  if (row) return row;
  throw new FinalJobError('RECORDING_NOT_FOUND', `There is no recording ${subjectId}.`);
}
