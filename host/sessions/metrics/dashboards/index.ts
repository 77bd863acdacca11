import { audioProcessing } from './audio-processing.ts';
import { businessDashboard } from './business-metrics.ts';
import type { Dashboard } from './dashboard.ts';
import { systemOverview } from './system-overview.ts';

/** By the name of their file in deploy/grafana. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  'system-overview': systemOverview,
  'audio-processing': audioProcessing,
  'business-metrics': businessDashboard,
};

export { grafanaJson } from './dashboard.ts';
