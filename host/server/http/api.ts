import { type Response, Router, json } from 'express';
import { errorView } from '../errors.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { type Command } from '../panel-protocol.ts';
import { parseCommand } from '../ws/parse-command.ts';
import { sendError } from './security.ts';

/** The panel's reading and writing for scripts: state, parameters, analysis, and the commands of the WebSocket. */
export function apiRoutes(monitor: Monitor): Router {
  const router = Router();
  router.use(json({ limit: '16kb' }));

  const run = async (response: Response, body: unknown) => {
    const command: Command = parseCommand(body);
    await monitor.run(command);
    response.json({ ok: true, parameters: monitor.parameters.all() });
  };

  router.get('/state', (_request, response) => {
    const { device, telemetry, link } = monitor;
    response.json({ device, telemetry, link });
  });
  router.get('/parameters', (_request, response) => {
    response.json({ parameters: monitor.parameters.all() });
  });
  router.get('/parameters/:name', (request, response) => {
    const parameter = monitor.parameters.get(request.params.name);
    if (parameter) return void response.json(parameter);
    sendError(response, 404, {
      code: 'UNKNOWN_PARAMETER',
      message: `the headset has no parameter '${request.params.name}'`,
      hint: 'GET /api/v1/parameters lists them',
    });
  });
  router.put('/parameters/:name', (request, response) =>
    run(response, { ...request.body, command: 'setParameter', name: request.params.name }),
  );
  router.get('/analysis', (_request, response) => {
    response.json(monitor.analysis);
  });
  router.get('/history', (_request, response) => {
    response.json(monitor.snapshot().history);
  });
  router.post('/commands', (request, response) => run(response, request.body));
  return router;
}

/** Which HTTP status an error of the headset or of the request becomes. */
export function errorStatus(error: unknown): number {
  const status = (error as { status?: unknown }).status;
  if (typeof status === 'number') return status;
  const { code } = errorView(error);
  if (code === 'NOT_CONNECTED') return 503;
  return code === 'INTERNAL' ? 500 : 400;
}
