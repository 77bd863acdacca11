export * from './live-limiter.ts';
export * from './live-metrics.ts';
export * from './live-options.ts';
export * from './live-server.ts';
export * from './session-directory.ts';
export { MessageError } from './text-message.ts';
export { refuseUpgrade, sessionIdOf } from './upgrade.ts';
