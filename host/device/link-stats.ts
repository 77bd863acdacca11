import type { SessionStats } from '@anc/link';

/** Counters of ended connections and of a new one; the ended one's own stay as they are. */
export function sumStats(past: SessionStats | null, present: SessionStats): SessionStats {
  if (past === null) return { ...present, lost: { ...present.lost } };
  return {
    txFrames: past.txFrames + present.txFrames,
    rxFrames: past.rxFrames + present.rxFrames,
    damaged: past.damaged + present.damaged,
    unknown: past.unknown + present.unknown,
    lateResponses: past.lateResponses + present.lateResponses,
    lost: Object.fromEntries(
      Object.entries(present.lost).map(([name, lost]) => [name, lost + (past.lost[name] ?? 0)]),
    ),
  };
}
