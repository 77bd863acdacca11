export { type Lifecycle } from './lifecycle.ts';
export { type Logger } from './logging/index.ts';
export { type Config, readConfig } from './config/index.ts';
export { openServerLog } from './open-server-log.ts';
export { startSeveral, type SeveralInstances } from './cluster/local/start-several.ts';
export { startServer, type ServerOptions, type SessionServer } from './start-server.ts';
