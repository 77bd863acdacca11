import { History } from '../algorithms/history.ts';
import { Emphasis, LEAKAGE, POWER_FLOOR, emphasised } from './control-filter.ts';
import type { ControllerOptions } from './controller.ts';
import { LimitedController } from './limited-controller.ts';

/** A filter that always reaches the limit would never be allowed to learn: it shrinks, with this time constant. */
const SHRINK_S = 0.2;

export interface BlockLayout {
  /** samples between two updates */
  readonly block: number;
  /** samples of filtered reference that an update sees, at least block + taps */
  readonly frame: number;
  /** c of the pre-emphasis 1 − c z⁻¹ of error and filtered reference; default as in FxNLMS */
  readonly emphasis?: number;
}

/**
 * A control filter that runs sample by sample in the time domain, without delay, and learns once a block from transforms
 * of the filtered reference and the error.
 */
export abstract class BlockController extends LimitedController {
  readonly weights: Float64Array;
  protected readonly layout: BlockLayout;
  /** POWER_FLOOR as power of a bin of a frame's transform */
  protected readonly binFloor: number;
  private readonly keep: number;
  private readonly keepHeld: number;
  private readonly model: Float64Array;
  private readonly reference: History;
  private readonly emphasis: Emphasis;
  /** oldest first */
  private readonly filtered: Float64Array;
  private readonly errors: Float64Array;
  private index = 0;
  private wasHeld = false;

  constructor(options: ControllerOptions, layout: BlockLayout) {
    super(options.sampleRateHz, options.outputLimit);
    const { taps, secondary, sampleRateHz, leakage = LEAKAGE } = options;
    this.layout = layout;
    this.binFloor = layout.frame * POWER_FLOOR;
    this.weights = new Float64Array(taps);
    this.keep = Math.max(0, 1 - leakage / sampleRateHz) ** layout.block;
    this.keepHeld = Math.exp(-layout.block / (SHRINK_S * sampleRateHz));
    this.model = emphasised(secondary, layout.emphasis);
    this.emphasis = new Emphasis(layout.emphasis);
    this.reference = new History(Math.max(taps, this.model.length));
    this.filtered = new Float64Array(layout.frame);
    this.errors = new Float64Array(layout.frame);
  }

  protected play(reference: number): number {
    this.reference.put(reference);
    return this.reference.dot(this.weights);
  }

  protected learn(error: number, _played: number, isHeld: boolean): void {
    const { block, frame } = this.layout;
    const at = frame - block + this.index;
    this.filtered[at] = this.reference.dot(this.model);
    this.errors[at] = this.emphasis.next(error);
    this.wasHeld ||= isHeld;
    if (++this.index < block) return;
    const keep = this.wasHeld ? this.keepHeld : this.keep;
    for (let i = 0; i < this.weights.length; i++) this.weights[i]! *= keep;
    // a block counts as a whole or not at all
    if (!this.wasHeld) this.update(this.filtered, this.errors);
    this.index = 0;
    this.wasHeld = false;
    this.filtered.copyWithin(0, block);
  }

  /**
   * One step of descent on `weights`.
   * @param filtered the last `frame` samples, oldest first
   * @param errors `frame` samples, zeros but for the last `block`
   */
  protected abstract update(filtered: Float64Array, errors: Float64Array): void;
}

/** The smallest power of two from `atLeast`. */
export function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}
