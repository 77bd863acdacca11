export * from './database.ts';
export * from './open-database.ts';
export * from './schema/index.ts';
