import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestServer, serverKinds, startTestServer } from '../testing/test-server.ts';
import { authSuite } from './suite/auth.ts';
import { attackSuite } from './suite/attacks.ts';
import { deviceSuite } from './suite/devices.ts';
import { errorSuite } from './suite/errors.ts';
import { jobSuite } from './suite/jobs.ts';
import { recordingSuite } from './suite/recordings.ts';
import { sessionSuite } from './suite/sessions.ts';
import { userSuite } from './suite/users.ts';

describe.each(serverKinds)('on $name', ({ missing, ...kind }) => {
  let server: TestServer;
  beforeAll(async () => {
    if (!missing) server = await startTestServer(kind);
  }, 60_000);
  afterAll(() => server?.remove());

  describe.skipIf(missing)(missing || 'the API', () => {
    const there = () => server;
    describe('log-in', () => authSuite(there));
    describe('users', () => userSuite(there));
    describe('sessions', () => sessionSuite(there));
    describe('devices', () => deviceSuite(there));
    describe('recordings', () => recordingSuite(there));
    describe('jobs', () => jobSuite(there));
    describe('errors', () => errorSuite(there));
    describe('attacks', () => attackSuite(there));

    test('is live and ready', async () => {
      expect((await server.anyone.get('/health/live')).body).toEqual({ status: 'live' });
      const { status, body } = await server.anyone.get('/health/ready');
      expect(status).toBe(200);
      expect(body).toMatchObject({
        status: 'ready',
        parts: {
          database: { state: 'ready' },
          redis: { state: kind.redis ? 'ready' : 'absent' },
          workers: { state: 'ready' },
          jobs: { state: 'ready' },
        },
      });
    });

    test('every operation of the document was answered in these tests, as it says', () => {
      const { document, called } = server.anyone.contract;
      const all = Object.values(document.paths).flatMap((path) =>
        Object.values(path).map(({ operationId }) => operationId),
      );
      expect(all.length).toBeGreaterThan(40);
      expect(all.filter((id) => !called.has(id))).toEqual([]);
    });
  });
});
