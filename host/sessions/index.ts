export { type Config, readConfig } from './config/index.ts';
export { openServerLog } from './open-server-log.ts';
export { startServer, type ServerOptions, type SessionServer } from './start-server.ts';
