import type { LevelColumns } from '../../host/server/panel-protocol.ts';

export interface LevelPoint {
  readonly timeMs: number;
  readonly errorDb: number | null;
  readonly offDb: number | null;
  readonly attenuationDb: number | null;
}

/** Points of the last `spanMs`, oldest first. */
export class LevelHistory {
  readonly spanMs: number;
  points: LevelPoint[] = [];

  constructor(spanMs: number) {
    this.spanMs = spanMs;
  }

  get lastMs(): number | null {
    return this.points.at(-1)?.timeMs ?? null;
  }

  replace(columns: LevelColumns): void {
    this.points = [];
    this.append(columns);
  }

  /** Only the newest `count` of the columns, when given. */
  append(columns: LevelColumns, count = columns.timeMs.length): void {
    const from = Math.max(0, columns.timeMs.length - count);
    for (let i = from; i < columns.timeMs.length; i += 1) {
      this.points.push({
        timeMs: columns.timeMs[i]!,
        errorDb: columns.errorDb[i] ?? null,
        offDb: columns.offDb[i] ?? null,
        attenuationDb: columns.attenuationDb[i] ?? null,
      });
    }
    const oldest = (this.lastMs ?? 0) - this.spanMs;
    const kept = this.points.findIndex(({ timeMs }) => timeMs >= oldest);
    if (kept > 0) this.points.splice(0, kept);
  }
}
