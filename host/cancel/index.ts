export * from './engines.ts';
export * from './inputs.ts';
export * from './line-enhancer.ts';
export * from './measure.ts';
export * from './output-file.ts';
export * from './run.ts';
