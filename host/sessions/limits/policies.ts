/** How often something may happen: `points` in each window of `windowS` seconds, counted for each key. */
export interface Policy {
  readonly points: number;
  readonly windowS: number;
}

export const policyNames = [
  'address',
  'user',
  'key',
  'auth',
  'account',
  'ingest',
  'connect',
] as const;
export type PolicyName = (typeof policyNames)[number];
export type Policies = Readonly<Record<PolicyName, Policy>>;

export const defaultPolicies: Policies = {
  /** requests from one address, credentials or not */
  address: { points: 1200, windowS: 60 },
  /** requests of one user by all its tokens */
  user: { points: 600, windowS: 60 },
  /** requests with one API key */
  key: { points: 600, windowS: 60 },
  /** log-ins, registrations and refreshes from one address */
  auth: { points: 30, windowS: 60 },
  /** log-ins to one account from everywhere */
  account: { points: 10, windowS: 300 },
  /** telemetry and noise events of one user or key */
  ingest: { points: 3000, windowS: 60 },
  /** WebSockets opened from one address */
  connect: { points: 600, windowS: 60 },
};
