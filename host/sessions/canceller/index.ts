export * from './ability.ts';
export * from './canceller.ts';
