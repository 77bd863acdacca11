import { expect, test } from 'vitest';
import type { ApiCaller } from '../../testing/api-caller.ts';
import type { TestServer } from '../../testing/test-server.ts';
import { wavBytes } from '../../testing/wav-bytes.ts';
import { upload } from './recordings.ts';

const nobodys = '00000000-0000-4000-8000-000000000000';

async function ended(caller: ApiCaller, id: string) {
  for (let tries = 200; tries > 0; tries -= 1) {
    const { body } = await caller.get(`/jobs/${id}`);
    if (['done', 'failed', 'cancelled'].includes(body.state)) return body;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`job ${id} did not end`);
}

export function jobSuite(server: () => TestServer): void {
  test('an analysis is ordered, runs, and is read as data and as a page', async () => {
    const caller = await server().user();
    const { body: recording } = await upload(caller, 'hum', wavBytes({ frames: 96_000 }));
    const order = { kind: 'recording-analysis', recordingId: recording.id };
    const { body: job, headers } = await caller.expecting(202, 'POST', '/jobs', order);
    expect(headers.get('Location')).toBe(`/api/v1/jobs/${job.id}`);
    expect(job).toMatchObject({
      kind: order.kind,
      userId: caller.userId,
      subjectId: recording.id,
    });
    const done = await ended(caller, job.id);
    expect(done).toMatchObject({ state: 'done', error: null, result: expect.any(Object) });
    const page = await caller.get(`/jobs/${job.id}/page`);
    expect(String(page.body)).toMatch(/^<!doctype html>/i);
    expect(page.headers.get('Content-Security-Policy')).toMatch(/^sandbox; default-src 'none'/);
    expect((await caller.send('POST', `/jobs/${job.id}/retry`)).body.code).toBe('JOB_NOT_FAILED');
    expect((await caller.send('POST', `/jobs/${job.id}/cancel`)).body.code).toBe('JOB_ENDED');
    const listed = await caller.get('/jobs?kind=recording-analysis&state=done');
    expect(listed.body.items).toMatchObject([{ id: job.id, state: 'done' }]);

    const other = await server().user();
    for (const answer of [
      await other.get(`/jobs/${job.id}`),
      await other.get(`/jobs/${job.id}/page`),
      await other.send('POST', `/jobs/${job.id}/retry`),
      await other.send('POST', `/jobs/${job.id}/cancel`),
    ])
      expect(answer.body.code).toBe('NOT_FOUND');
    expect((await other.get('/jobs')).body.items).toEqual([]);
  });

  test('orders about nothing, of unknown kinds, and by the clock alone are refused', async () => {
    const caller = await server().user();
    const code = async (body: object) => (await caller.send('POST', '/jobs', body)).body.code;
    expect(await code({ kind: 'session-report', sessionId: nobodys })).toBe('NOT_FOUND');
    expect(await code({ kind: 'retention' })).toBe('BODY_INVALID');
    expect(await code({ kind: 'session-report', recordingId: nobodys })).toBe('BODY_INVALID');
    expect((await caller.get(`/jobs/${nobodys}`)).body.code).toBe('NOT_FOUND');
  });
}
