import { type AnyRoute, route } from '../route.ts';
import { live, readiness } from '../schemas/health.ts';
import type { Services } from '../services.ts';

export function healthRoutes(services: Pick<Services, 'readiness'>): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/health/live',
      id: 'healthLive',
      tag: 'health',
      summary: 'The process answers',
      access: 'public',
      limit: 'none',
      status: 200,
      reply: live,
      handle: async () => ({ body: { status: 'live' as const } }),
    }),
    route({
      method: 'get',
      path: '/health/ready',
      id: 'healthReady',
      tag: 'health',
      summary: 'Which parts serve; 503 when one that is needed does not',
      access: 'public',
      limit: 'none',
      status: 200,
      alsoReplies: [503],
      reply: readiness,
      handle: async () => {
        const report = await services.readiness.report();
        return { status: report.status === 'ready' ? 200 : 503, body: report };
      },
    }),
  ];
}
