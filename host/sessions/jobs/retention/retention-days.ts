export const kept = [
  'guests',
  'telemetry',
  'progress',
  'noiseEvents',
  'sessions',
  'recordings',
] as const;
export type Kept = (typeof kept)[number];

/**
 * After how many days what is deleted; null: never. guests: with all that is theirs, after their last session.
 * telemetry: what devices sent. progress: the ten-second figures of ended sessions. sessions: that ended, with what is
 * left of them; their recordings stay. recordings: rows and files.
 */
export type RetentionDays = Readonly<Record<Kept, number | null>>;

/** Guests, who cannot come back to what is theirs, go after a week at the latest. */
const guestDaysMost = 7;

export function retentionOf(days: number): RetentionDays {
  return {
    guests: Math.min(days, guestDaysMost),
    telemetry: days,
    progress: days,
    noiseEvents: days,
    sessions: days,
    recordings: days,
  };
}
