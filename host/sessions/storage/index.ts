export * from './database.ts';
export { isDuplicate } from './errors.ts';
export * from './open-database.ts';
export * from './pages.ts';
export * from './schema/index.ts';
