import type { AnyRoute } from '../route.ts';
import type { Services } from '../services.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { authRoutes } from './auth.ts';
import { deviceRoutes } from './devices.ts';
import { healthRoutes } from './health.ts';
import { jobRoutes } from './jobs.ts';
import { noiseEventRoutes } from './noise-events.ts';
import { recordingRoutes } from './recordings.ts';
import { sessionRoutes } from './sessions.ts';
import { userRoutes } from './users.ts';

/** All of the API, in the order of the document. */
export function apiRoutes(services: Services): AnyRoute[] {
  return [
    ...healthRoutes(services),
    ...authRoutes(services),
    ...userRoutes(services),
    ...apiKeyRoutes(services),
    ...sessionRoutes(services),
    ...deviceRoutes(services),
    ...recordingRoutes(services),
    ...noiseEventRoutes(services),
    ...jobRoutes(services),
  ];
}
