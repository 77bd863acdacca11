import { pageErrorOf } from '../shared/page-error.ts';
import { startLocalRun } from './local-run.ts';
import type { LiveStore } from './live-store.ts';
import { startServerRun } from './server-run.ts';

export async function start(store: LiveStore): Promise<void> {
  store.clearFigures();
  store.show({ phase: { kind: 'starting' }, error: null, remark: '', ability: '' });
  try {
    store.run = await (store.mode === 'server' ? startServerRun : startLocalRun)(store);
  } catch (error) {
    store.show({ phase: { kind: 'idle' }, error: pageErrorOf(error) });
  }
}

export async function stop(store: LiveStore): Promise<void> {
  const { run } = store;
  store.run = null;
  await run?.stop();
  store.show({ phase: { kind: 'idle' }, remark: '' });
}
