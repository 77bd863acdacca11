export const kept = ['guests', 'telemetry', 'progress', 'noiseEvents', 'recordings'] as const;
export type Kept = (typeof kept)[number];

/**
 * After how many days what is deleted; null: never. guests: with all that is theirs, after their last session. telemetry:
 * what devices sent. progress: the ten-second figures of ended sessions; the session stays. recordings: rows and files.
 */
export type RetentionDays = Readonly<Record<Kept, number | null>>;

export const defaultRetention: RetentionDays = {
  guests: 7,
  telemetry: 90,
  progress: 30,
  noiseEvents: 365,
  recordings: 365,
};
