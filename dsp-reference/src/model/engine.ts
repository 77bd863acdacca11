/**
 * The sample-exact model of firmware/core/dsp/engine.c: same operators, same order, same state. Levels and the
 * supervisor are not modelled; they do not reach the samples.
 */
import { BLOCK, BLOCK_FRACTION_BITS, blockGains, blockUpdate, firHigh } from './block.ts';
import type { BlockGains } from './block.ts';
import { DEFAULT_CONFIG, FORM_FIR, MODE_ANC, MODE_OFF, MODE_TRANSPARENCY } from './config.ts';
import type { EngineConfig } from './config.ts';
import { EMPHASIS_1_Q15 } from './emphasis.ts';
import { scalesOf } from './engine-scales.ts';
import type { EngineScales } from './engine-scales.ts';
import { filterShape, MAX_TAPS } from './filter-shape.ts';
import {
  addSat32,
  clamp32,
  mulW,
  sat16,
  sat32,
  scaleRound64,
  shl64,
  shr64,
  shrRound64,
} from './fixed.ts';
import { WEIGHT_FRACTION_BITS } from './fxnlms.ts';
import {
  EMPTY_KERNEL,
  kernelEmphasised,
  kernelFromModel,
  kernelOutputExponent,
  secondaryValid,
} from './kernel.ts';
import type { Kernel, SecondaryModel } from './kernel.ts';
import { ImpulseModel, IMPULSE_BUDGET_MS, IMPULSE_HOLD_MS } from './impulse.ts';
import { MultirateModel } from './multirate.ts';
import { NotchesModel } from './notch.ts';
import { atFullScale, toQ15 } from './samples.ts';
import { WeightSlots } from './weight-slots.ts';

const HISTORY = MAX_TAPS + BLOCK;
const OUTPUT_SHIFT = 31 - (WEIGHT_FRACTION_BITS + BLOCK_FRACTION_BITS - 32);
const FADE_FULL_Q24 = 1 << 24;
const FADE_MS = 8;
const LISTEN_MS = 200;
const CLIP_HOLD_MS = 20;

/** One channel of the canceller; samples are Q31 integers. */
export class EngineModel {
  readonly sampleRateHz: number;
  private config: EngineConfig = { ...DEFAULT_CONFIG };
  private secondary: SecondaryModel | null = null;

  private shape = filterShape(DEFAULT_CONFIG.filterForm, DEFAULT_CONFIG.taps);
  private scales: EngineScales;
  private readonly fadeStep_q24: number;
  private readonly listenSamples: number;
  private readonly clipHoldSamples: number;
  private model: Kernel = EMPTY_KERNEL;
  private update: Kernel = EMPTY_KERNEL;
  private antiNoiseShift = 0;
  private filteredShift = 0;
  private filteredExponent = 0;

  private source = MODE_OFF;
  private fade_q24 = 0;
  private listenLeft = 0;
  private clipLeft = 0;
  private frozen = false;
  private guardMute = false;
  private ducked = false;
  private limiting = false;
  private follows = false;
  private injected_q31 = 0;
  private position = 0;
  private phase = 0;
  private energy = 0;
  private referenceSample_q31 = 0;
  private errorBefore_q31 = 0;
  private output_q31 = 0;
  private disturbance_q31 = 0;
  /** emphasised, to learn from at the block's end; 0: nothing */
  private readonly errors_q29 = new Int32Array(BLOCK);
  private readonly gains: BlockGains = { mantissas: new Int16Array(BLOCK), shift: 0 };

  private readonly multirate = new MultirateModel();
  private readonly impulse: ImpulseModel;
  private readonly notches = new NotchesModel();
  private readonly reference_q27 = new Int32Array(2 * HISTORY);
  private readonly played_q27 = new Int32Array(2 * HISTORY);
  private readonly filtered_q15 = new Int16Array(2 * HISTORY);
  private readonly slots = new WeightSlots();

  constructor(sampleRateHz = 48000) {
    this.sampleRateHz = sampleRateHz >= 8000 && sampleRateHz <= 192000 ? sampleRateHz : 48000;
    this.listenSamples = this.samplesOfMs(LISTEN_MS);
    this.clipHoldSamples = this.samplesOfMs(CLIP_HOLD_MS);
    this.fadeStep_q24 = Math.floor(FADE_FULL_Q24 / this.samplesOfMs(FADE_MS));
    this.impulse = new ImpulseModel(
      this.samplesOfMs(IMPULSE_HOLD_MS),
      this.samplesOfMs(IMPULSE_BUDGET_MS),
    );
    this.scales = this.derive();
  }

  /** Changes the given parameters; out of range is clamped. A change of taps or form clears the weights. */
  configure(changes: Partial<EngineConfig>): void {
    const c = { ...this.config, ...changes };
    const shape = filterShape(c.filterForm, c.taps);
    const resized = shape.taps !== this.shape.taps || shape.form !== this.shape.form;
    this.config = {
      mode: c.mode === MODE_TRANSPARENCY || c.mode === MODE_ANC ? c.mode : MODE_OFF,
      adapt: c.adapt,
      mute: c.mute,
      filterForm: shape.form,
      taps: shape.taps,
      stepSize_e5: clamp32(c.stepSize_e5, 0, 20000),
      leakage_e3: clamp32(c.leakage_e3, 0, 20000),
      energyFloorDb_e1: clamp32(c.energyFloorDb_e1, -1000, -300),
      outputLimitDb_e1: clamp32(c.outputLimitDb_e1, -400, 0),
      transparencyGainDb_e1: clamp32(c.transparencyGainDb_e1, -400, 120),
    };
    if (resized) {
      this.shape = shape;
      this.multirate.clear();
      this.slots.resize(shape.weightCount);
      this.energy = this.measureEnergy();
    }
    this.scales = this.derive();
  }

  /** Sets the secondary path and clears the weights; false and no change when a field is out of range. */
  setSecondary(m: SecondaryModel): boolean {
    if (!this.correctSecondary(m)) return false;
    this.slots.clear();
    return true;
  }

  /** A better model of the same path: the weights stay. */
  correctSecondary(m: SecondaryModel): boolean {
    if (!secondaryValid(m)) return false;
    this.secondary = { ...m, taps_q15: m.taps_q15.slice() };
    this.model = kernelFromModel(m);
    this.update = kernelEmphasised(m);
    this.antiNoiseShift = -10 - this.model.exponent;
    this.filteredExponent = kernelOutputExponent(this.update);
    this.filteredShift = 6 + this.filteredExponent - this.update.exponent;
    this.forgetFiltered();
    this.scales = this.derive();
    return true;
  }

  /** One sample of anti-noise from the reference's sample. */
  output(ref_q31: number): number {
    this.position = (this.position === 0 ? HISTORY : this.position) - 1;
    this.phase = (this.phase % BLOCK) + 1;
    this.referenceSample_q31 = ref_q31;
    this.push(this.reference_q27, ref_q31);

    this.stepFade();
    const late = this.lateSample();
    const source = this.fade_q24 > 0 ? this.sourceSample(ref_q31, late) : 0;
    const wanted = this.notches.output(source);
    const { limit_q31 } = this.scales;
    const limited = clamp32(wanted, -limit_q31, limit_q31);
    const faded = shrRound64(mulW(limited, shr64(this.fade_q24, 9)), 15);
    const sum = addSat32(faded, this.injected_q31);
    this.output_q31 = clamp32(sum, -limit_q31, limit_q31);
    this.limiting = limited !== wanted || this.output_q31 !== sum;
    this.push(this.played_q27, this.output_q31);
    return this.output_q31;
  }

  /** Learns from the error microphone's sample of the same instant. */
  adapt(err_q31: number): void {
    const antiNoise = this.antiNoise();
    this.disturbance_q31 = sat32(err_q31 - antiNoise);

    const clipped = atFullScale(this.referenceSample_q31) || atFullScale(err_q31);
    if (clipped) this.clipLeft = this.clipHoldSamples;
    else if (this.clipLeft > 0) this.clipLeft--;
    const impulse = this.impulse.step(toQ15(this.referenceSample_q31), toQ15(this.disturbance_q31));

    const emphasised = shrRound64(
      shl64(err_q31, 15) + mulW(this.errorBefore_q31, EMPHASIS_1_Q15),
      15,
    );
    this.errorBefore_q31 = err_q31;

    const learns =
      this.source === MODE_ANC &&
      this.fade_q24 === FADE_FULL_Q24 &&
      this.config.adapt &&
      !this.frozen &&
      this.secondary !== null;
    const rests = this.limiting || this.clipLeft > 0 || impulse;
    if (rests) this.errors_q29.fill(0);
    this.errors_q29[this.phase - 1] = learns && !rests ? shrRound64(emphasised, 2) : 0;
    if (this.phase === BLOCK) this.finishBlock(learns);
  }

  /** output and adapt for every sample; the arrays have one length and may be the same. */
  process(ref_q31: Int32Array, err_q31: Int32Array, out_q31: Int32Array): void {
    for (let i = 0; i < ref_q31.length; i++) {
      const err = err_q31[i]!;
      out_q31[i] = this.output(ref_q31[i]!);
      this.adapt(err);
    }
  }

  /** The last sample's estimate of the error without anti-noise, Q31. */
  get disturbance(): number {
    return this.disturbance_q31;
  }

  /** The weights in use, Q28: a view, not a copy. */
  get weights(): Int32Array {
    return this.slots.inUse;
  }

  /** false and no change when the number or a value is out of range. */
  setWeights(weights: Int32Array): boolean {
    return this.slots.set(weights);
  }

  resetWeights(): void {
    this.slots.reset();
  }

  saveWeights(): void {
    this.slots.save();
  }

  restoreWeights(): void {
    this.slots.restore();
  }

  /** While following, the weights fade to the target instead of FxNLMS and leakage. */
  follow(follows: boolean): void {
    if (this.follows === follows) return;
    this.follows = follows;
    this.forgetFiltered();
  }

  /** One weight of the target; out of range it saturates. */
  setTarget(index: number, weight: number): void {
    this.slots.setTarget(index, weight);
  }

  freeze(frozen: boolean): void {
    this.frozen = frozen;
  }

  mute(muted: boolean): void {
    this.guardMute = muted;
  }

  duck(ducked: boolean): void {
    this.ducked = ducked;
  }

  /** What the next samples have besides: a test sound or probe, which the limit holds for as well. */
  inject(sample_q31: number): void {
    this.injected_q31 = sample_q31;
  }

  setNotch(index: number, k1_q20: number, k2_q20: number): void {
    this.notches.set(index, k1_q20, k2_q20);
  }

  releaseNotch(index: number): void {
    this.notches.release(index);
  }

  private samplesOfMs(ms: number): number {
    return Math.floor((this.sampleRateHz * ms) / 1000);
  }

  private derive(): EngineScales {
    return scalesOf(this.config, this.shape, this.sampleRateHz, this.filteredExponent);
  }

  /** Nothing of the present block is filtered yet. */
  private measureEnergy(): number {
    const from = this.position + (this.phase % BLOCK);
    const window = this.filtered_q15.subarray(from, from + this.shape.directTaps);
    return window.reduce((sum, x) => sum + x * x, 0);
  }

  private forgetFiltered(): void {
    this.filtered_q15.fill(0);
    this.errors_q29.fill(0);
    this.notches.restartUpdate();
    this.energy = 0;
  }

  private push(history: Int32Array, sample_q31: number): void {
    const sample = shrRound64(sample_q31, 31 - BLOCK_FRACTION_BITS);
    const stored = this.position % 2 === 0 ? sample : -sample;
    history[this.position] = stored;
    history[this.position + HISTORY] = stored;
  }

  private stepFade(): void {
    if (this.source !== this.config.mode && this.fade_q24 === 0) {
      this.source = this.config.mode;
      this.listenLeft = this.source === MODE_ANC ? this.listenSamples : 0;
    }
    const up =
      this.source === this.config.mode &&
      this.source !== MODE_OFF &&
      !this.config.mute &&
      !this.guardMute &&
      !this.ducked &&
      this.listenLeft === 0;
    const next = up ? this.fade_q24 + this.fadeStep_q24 : this.fade_q24 - this.fadeStep_q24;
    this.fade_q24 = clamp32(next, 0, FADE_FULL_Q24);
    if (this.listenLeft > 0) this.listenLeft--;
  }

  private lateSample(): number {
    const { form, directTaps, weightCount } = this.shape;
    if (form === FORM_FIR) return 0;
    const { reference_q27, position, slots } = this;
    const count = weightCount - directTaps;
    return this.multirate.step(reference_q27, position, slots.all, directTaps, count);
  }

  private sourceSample(ref_q31: number, late_q31: number): number {
    if (this.source === MODE_ANC) {
      const { reference_q27, position, slots } = this;
      const sum = firHigh(reference_q27, position, slots.all, this.shape.directTaps);
      return sat32(shl64(sum, OUTPUT_SHIFT) + late_q31);
    }
    if (this.source === MODE_TRANSPARENCY) {
      return sat32(shrRound64(mulW(ref_q31, this.scales.transparencyGain_q13), 13));
    }
    return 0;
  }

  /** Filters the block's reference; the largest energy of the block. */
  private filterReference(): number {
    const { taps, length, delaySamples } = this.update;
    let largest = 0;
    for (let i = BLOCK - 1; i >= 0; i--) {
      const at = (this.position + i) % HISTORY;
      const oldest = this.filtered_q15[at + this.shape.directTaps]!;
      const sum = firHigh(this.reference_q27, this.position + i + delaySamples, taps, length);
      const newest = this.notches.update(sat16(scaleRound64(sum, this.filteredShift)));
      this.filtered_q15[at] = newest;
      this.filtered_q15[at + HISTORY] = newest;
      this.energy = this.energy + newest * newest - oldest * oldest;
      largest = Math.max(largest, this.energy);
    }
    return largest;
  }

  private antiNoise(): number {
    const { taps, length, delaySamples } = this.model;
    const sum = firHigh(this.played_q27, this.position + delaySamples, taps, length);
    return scaleRound64(sum, this.antiNoiseShift);
  }

  /** The block's end: all weights change here, or not at all when its last sample is none to learn in. */
  private finishBlock(learns: boolean): void {
    const { slots, scales, filtered_q15, position, gains } = this;
    if (!this.follows) {
      const energy = this.filterReference() + scales.energyFloor;
      if (learns) {
        blockGains(gains, scales.step, this.errors_q29, energy, this.filteredExponent);
        blockUpdate(slots.all, filtered_q15, position, this.shape.directTaps, gains);
        slots.leak(scales.leak);
      }
    } else if (learns) {
      slots.fade();
    }
  }
}
