import type { Job } from '../job-queue.ts';
import { Refusal } from '../problem.ts';
import { type AnyRoute, route } from '../route.ts';
import { idParams, page } from '../schemas/common.ts';
import * as schema from '../schemas/jobs.ts';
import type { Services } from '../services.ts';
import { timeOrNull } from '../views.ts';

const tag = 'jobs';
const pagePolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

export function jobRoutes({ jobs, sessions, recordings }: Services): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/jobs',
      id: 'orderJob',
      tag,
      summary: 'Orders the report of a session or the analysis of a recording',
      access: 'jobs:write',
      body: schema.newJob,
      status: 202,
      reply: schema.job,
      problems: ['NOT_FOUND'],
      handle: async ({ principal, body }) => {
        // Who may not see the subject may not have it looked at.
        const subject =
          body.kind === 'session-report'
            ? await sessions.get(principal, body.sessionId)
            : await recordings.get(principal, body.recordingId);
        const job = await jobs.order(principal, { kind: body.kind, subjectId: subject.id });
        return { headers: { Location: `/api/v1/jobs/${job.id}` }, body: jobView(job) };
      },
    }),
    route({
      method: 'get',
      path: '/jobs',
      id: 'listJobs',
      tag,
      summary: 'Jobs that the caller may see, newest first',
      access: 'jobs:read',
      query: schema.jobQuery,
      status: 200,
      reply: page('Job', schema.job),
      handle: async ({ principal, query }) => {
        const { items, next } = await jobs.list(principal, query);
        return { body: { items: items.map(jobView), next } };
      },
    }),
    route({
      method: 'get',
      path: '/jobs/{id}',
      id: 'getJob',
      tag,
      summary: 'One job, with what it made',
      access: 'jobs:read',
      params: idParams,
      status: 200,
      reply: schema.job,
      handle: async ({ principal, params }) => ({
        body: jobView(found(await jobs.get(principal, params.id), params.id)),
      }),
    }),
    route({
      method: 'post',
      path: '/jobs/{id}/retry',
      id: 'retryJob',
      tag,
      summary: 'A job that failed for good is tried again',
      access: 'jobs:write',
      params: idParams,
      status: 202,
      reply: schema.job,
      problems: ['JOB_NOT_FAILED'],
      handle: async ({ principal, params }) => ({
        body: jobView(found(await jobs.retry(principal, params.id), params.id)),
      }),
    }),
    route({
      method: 'post',
      path: '/jobs/{id}/cancel',
      id: 'cancelJob',
      tag,
      summary: 'A job that waits or runs is given up',
      access: 'jobs:write',
      params: idParams,
      status: 202,
      reply: schema.job,
      problems: ['JOB_ENDED'],
      handle: async ({ principal, params }) => ({
        body: jobView(found(await jobs.cancel(principal, params.id), params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/jobs/{id}/page',
      id: 'jobPage',
      tag,
      summary: 'The result as one page for people, with its plots',
      access: 'jobs:read',
      params: idParams,
      status: 200,
      produces: 'text/html',
      problems: ['JOB_HAS_NO_PAGE'],
      handle: async ({ principal, params, response }) => {
        const html = found(await jobs.page(principal, params.id), params.id);
        // It carries its own styles and plots, names of users among them, and no script.
        response.set({ 'Content-Security-Policy': pagePolicy, 'Cache-Control': 'no-store' });
        response.type('html').send(html);
      },
    }),
  ];
}

function found<T>(job: T | null, id: string): T {
  if (job !== null) return job;
  throw new Refusal('NOT_FOUND', `there is no job ${id} that you may see`);
}

function jobView(job: Job) {
  return {
    ...job,
    createdAt: job.createdAt.toISOString(),
    startedAt: timeOrNull(job.startedAt),
    endedAt: timeOrNull(job.endedAt),
  };
}
