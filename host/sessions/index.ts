export { type Config, readConfig } from './config/index.ts';
export { openLog, type LogOptions } from './logging/index.ts';
export { startServer, type ServerOptions, type SessionServer } from './start-server.ts';
