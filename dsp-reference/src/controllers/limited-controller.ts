import { History } from '../algorithms/history.ts';
import { OUTPUT_LIMIT } from './controller.ts';
import type { Controller } from './controller.ts';

const FULL_SCALE = 0.999;
/** After a microphone clipped: what it said is wrong, and the room takes its time to say it. */
const CLIP_HOLD_S = 0.02;

/**
 * What every controller owes the ear: samples that are not finite count as 0, the output stays within the limit and is
 * always a number, and nothing is learned while the limiter acts or just after a microphone clipped.
 */
export abstract class LimitedController implements Controller {
  protected readonly limit: number;
  private readonly holdSamples: number;
  private hold = 0;
  private played = 0;

  constructor(sampleRateHz: number, outputLimit = OUTPUT_LIMIT) {
    this.limit = outputLimit;
    this.holdSamples = Math.round(CLIP_HOLD_S * sampleRateHz);
  }

  output(reference: number): number {
    const x = Number.isFinite(reference) ? reference : 0;
    if (this.hold > 0) this.hold--;
    if (Math.abs(x) >= FULL_SCALE) this.hold = this.holdSamples;
    const wanted = this.play(x);
    const y = Math.max(-this.limit, Math.min(this.limit, wanted));
    if (y !== wanted) this.hold = Math.max(this.hold, 1);
    this.played = Number.isFinite(y) ? y : 0;
    return this.played;
  }

  adapt(error: number): void {
    const e = Number.isFinite(error) ? error : 0;
    if (Math.abs(e) >= FULL_SCALE) this.hold = this.holdSamples;
    this.learn(e, this.played, this.hold > 0);
  }

  /** What it would play without a limit. */
  protected abstract play(reference: number): number;

  /**
   * @param played the output of the same instant, behind the limiter
   * @param isHeld histories go on, weights do not
   */
  protected abstract learn(error: number, played: number, isHeld: boolean): void;
}

/** ŝ∗y: what a model makes of what was played. */
export class Echo {
  private readonly model: Float64Array;
  private readonly played: History;

  constructor(model: Float64Array) {
    this.model = model;
    this.played = new History(Math.max(1, model.length));
  }

  next(played: number): number {
    this.played.put(played);
    return this.played.dot(this.model);
  }
}
