/** What both entry points give beside loadCore. */
export { type ControllerOptions, type ControllerSession } from './controller.ts';
export { type Core } from './core.ts';
export {
  type EngineConfig,
  type EngineLevels,
  type EngineSession,
  type SecondaryModel,
} from './engine.ts';
export {
  type FdafOptions,
  type FdafSession,
  type NlmsF32Options,
  type NlmsF32Session,
} from './float.ts';
export { type LineEnhancerOptions, type LineEnhancerSession } from './line-enhancer.ts';
export { CoreError } from './errors.ts';
export { type MixOptions, type MixedSquares } from './mixer.ts';
export { type SpectrumSession } from './spectrum.ts';
export { type NlmsFormat, type NlmsOptions, type NlmsSession } from './nlms.ts';
