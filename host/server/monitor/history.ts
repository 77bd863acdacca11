import type { HistoryView, LevelColumns } from '../panel-protocol.ts';
import { type LevelPoint, LevelDecimator, LevelRing } from './level-ring.ts';

const fineIntervalMs = 50;
const fineSeconds = 70;
const coarseIntervalMs = 500;
const coarseSeconds = 15 * 60;

/** Levels of the last minute as they came (at most 20 Hz) and of the last quarter of an hour at 2 Hz. */
export class History {
  #fine = new LevelRing((fineSeconds * 1000) / fineIntervalMs);
  #coarse = new LevelRing((coarseSeconds * 1000) / coarseIntervalMs);
  #fineDecimator = new LevelDecimator(fineIntervalMs);
  #coarseDecimator = new LevelDecimator(coarseIntervalMs);

  /** The new fine point as columns of one, or null while its interval is not over. */
  add(point: LevelPoint): LevelColumns | null {
    const fine = this.#fineDecimator.add(point);
    if (!fine) return null;
    this.#fine.push(fine);
    const coarse = this.#coarseDecimator.add(fine);
    if (coarse) this.#coarse.push(coarse);
    return this.#fine.columns(1);
  }

  view(): HistoryView {
    return { fine: this.#fine.columns(), coarse: this.#coarse.columns() };
  }
}
