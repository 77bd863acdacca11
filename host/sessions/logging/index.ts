export * from './logger.ts';
export { REDACTED, redactLine, redactObject } from './redact.ts';
