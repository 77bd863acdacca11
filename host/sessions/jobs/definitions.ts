import { businessMetrics } from './business/business-metrics.ts';
import type { AnyJobDefinition } from './job-definition.ts';
import { recordingAnalysis } from './recording-analysis/recording-analysis.ts';
import { retention } from './retention/retention.ts';
import { sessionReport } from './session-report/session-report.ts';

/** All jobs of the product. */
export const jobDefinitions: readonly AnyJobDefinition[] = [
  sessionReport,
  recordingAnalysis,
  retention,
  businessMetrics,
];
