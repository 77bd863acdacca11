export * from './config.ts';
export * from './read-config.ts';
export { weaknessOf } from './secrets.ts';
