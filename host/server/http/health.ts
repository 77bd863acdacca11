import { Router } from 'express';
import type { Monitor } from '../monitor/monitor.ts';

/** Live: the process answers. Ready: a headset is connected. */
export function healthRoutes(monitor: Monitor): Router {
  const router = Router();
  const headset = () => {
    const { state, uri, reason, info } = monitor.device;
    return { state, uri, reason, board: info?.board ?? null, serialNumber: info?.serialNumber };
  };
  router.get('/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  router.get('/ready', (_request, response) => {
    const ready = monitor.device.state === 'connected';
    response.status(ready ? 200 : 503);
    response.json({ status: ready ? 'ready' : 'notReady', headset: headset() });
  });
  router.get('/', (_request, response) => {
    response.json({
      live: true,
      ready: monitor.device.state === 'connected',
      uptimeSeconds: Math.round(process.uptime()),
      headset: headset(),
    });
  });
  return router;
}
