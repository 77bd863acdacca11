import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { securityHeaders } from '../../../host/sessions/api/middleware/headers.ts';

export const pagesDir = join(import.meta.dirname, '../../dist/sessions');

/** The pages alone, under the server's own policy, for those that need no more. */
export async function servePages(): Promise<{ server: Server; url: string }> {
  const app = express();
  app.use(securityHeaders(), express.static(pagesDir, { extensions: ['html'] }));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
