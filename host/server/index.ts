export { startServer } from './start-server.ts';
export type { PanelServer, ServerOptions } from './start-server.ts';
export type { Headset, HeadsetListener } from './headset.ts';
