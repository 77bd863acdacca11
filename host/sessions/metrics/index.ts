export * from './business-metrics.ts';
export * from './http-metrics.ts';
export * from './job-metrics.ts';
export * from './latency-histogram.ts';
export * from './live-metrics.ts';
export * from './metrics-router.ts';
export * from './server-metrics.ts';
export * from './session-metrics.ts';
