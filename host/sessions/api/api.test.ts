import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseKinds } from '../testing/test-database.ts';
import { type TestServer, startTestServer } from '../testing/test-server.ts';

describe.each(databaseKinds)('on $kind', ({ kind, missing }) => {
  let server: TestServer;
  beforeAll(async () => {
    if (!missing) server = await startTestServer({ kind });
  });
  afterAll(() => server?.remove());

  test.skipIf(missing)('is live and ready', async () => {
    expect(await server.anyone.get('/health/live')).toMatchObject({
      status: 200,
      body: { status: 'live' },
    });
    expect(await server.anyone.get('/health/ready')).toMatchObject({
      status: 200,
      body: {
        status: 'ready',
        parts: {
          database: { state: 'ready' },
          redis: { state: 'absent' },
          workers: { state: 'ready' },
          jobs: { state: 'ready' },
        },
      },
    });
  });
});
