export * from './config.ts';
export * from './engine.ts';
export * from './fixed.ts';
export { secondaryFromImpulseResponse } from './kernel.ts';
export type { SecondaryModel } from './kernel.ts';
export { WEIGHT_FRACTION_BITS, WEIGHT_MAX } from './fxnlms.ts';
