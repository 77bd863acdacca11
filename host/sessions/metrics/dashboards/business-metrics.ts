import type { Dashboard } from './dashboard.ts';

export const businessDashboard: Dashboard = {
  uid: 'anc-business-metrics',
  title: 'ANC Platform: business metrics',
  description: 'Who uses the platform, for how long, and what it hears. No figure says who.',
  panels: [
    {
      title: 'Accounts',
      description: 'That are no guests. From the hourly job, as are the other figures of a day.',
      kind: 'stat',
      unit: 'none',
      width: 6,
      queries: [{ expr: 'max(anc_users)', legend: 'accounts' }],
    },
    {
      title: 'Users in 24 h',
      description: 'Users and guests who began a session.',
      kind: 'stat',
      unit: 'none',
      width: 6,
      queries: [{ expr: 'max(anc_users_last_day)', legend: 'users' }],
    },
    {
      title: 'Sessions in 24 h',
      description: 'Begun in the last 24 hours.',
      kind: 'stat',
      unit: 'none',
      width: 6,
      queries: [{ expr: 'max(anc_sessions_last_day)', legend: 'sessions' }],
    },
    {
      title: 'Emergencies in 24 h',
      description: 'Sirens and alarms that the listener should hear.',
      kind: 'stat',
      unit: 'none',
      width: 6,
      queries: [{ expr: 'max(anc_emergencies_last_day)', legend: 'emergencies' }],
    },
    {
      title: 'Registrations',
      description: 'Accounts made in an hour.',
      kind: 'timeseries',
      unit: 'none',
      min: 0,
      queries: [
        {
          expr: 'sum by (kind) (increase(anc_registrations_total{instance=~"$instance"}[1h]))',
          legend: '{{kind}}',
        },
      ],
    },
    {
      title: 'Session duration',
      description: 'Of the sessions that ended in an hour: median and 95th percentile.',
      kind: 'timeseries',
      unit: 's',
      min: 0,
      queries: [0.5, 0.95].map((share) => ({
        expr: `histogram_quantile(${share}, sum by (le) (rate(anc_session_duration_seconds_bucket{instance=~"$instance"}[1h])))`,
        legend: `p${100 * share}`,
      })),
    },
    {
      title: 'Ends of sessions',
      description: 'In an hour, by reason.',
      kind: 'timeseries',
      unit: 'none',
      min: 0,
      stacked: true,
      queries: [
        {
          expr: 'sum by (reason) (increase(anc_session_duration_seconds_count{instance=~"$instance"}[1h]))',
          legend: '{{reason}}',
        },
      ],
    },
    {
      title: 'Time in sessions',
      description: 'Of all sessions begun in the last 24 hours together.',
      kind: 'timeseries',
      unit: 's',
      min: 0,
      queries: [{ expr: 'max(anc_session_seconds_last_day)', legend: 'seconds' }],
    },
    {
      title: 'Most detected noise types',
      description: 'Of the last 24 hours, by the classifier.',
      kind: 'bargauge',
      unit: 'none',
      queries: [{ expr: 'max by (kind) (anc_noise_events_last_day)', legend: '{{kind}}' }],
    },
    {
      title: 'Noises and emergencies',
      description: 'Recognised in live sessions, in an hour.',
      kind: 'timeseries',
      unit: 'none',
      min: 0,
      queries: [
        {
          expr: 'sum by (kind) (increase(anc_noise_events_total{instance=~"$instance"}[1h]))',
          legend: '{{kind}}',
        },
        {
          expr: 'sum(increase(anc_emergencies_total{instance=~"$instance"}[1h]))',
          legend: 'emergencies',
        },
      ],
    },
  ],
};
