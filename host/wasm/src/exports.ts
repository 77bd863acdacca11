/** What firmware/ports/wasm exports. Pointers are byte offsets into `memory`. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  memory_take(bytes: number): number;
  memory_give_back(block: number, bytes: number): void;
  memory_block_bytes(bytes: number): number;

  nlms_q15_bytes(): number;
  nlms_q15_init(state: number, taps: number, ioBits: number, step_e9: number): number;
  nlms_q15_set_step(state: number, step_e9: number): void;
  nlms_q15_process(state: number, x: number, d: number, e: number, count: number): void;
  nlms_q15_weights(state: number): number;
  nlms_q31_bytes(): number;
  nlms_q31_init(state: number, taps: number, ioBits: number, step_e9: number): number;
  nlms_q31_set_step(state: number, step_e9: number): void;
  nlms_q31_process(state: number, x: number, d: number, e: number, count: number): void;
  nlms_q31_weights(state: number): number;

  nlms_f32_bytes(taps: number): number;
  nlms_f32_init(state: number, taps: number, step: number, epsilon: number, leak: number): number;
  nlms_f32_set_step(state: number, step: number): void;
  nlms_f32_process(state: number, x: number, d: number, e: number, count: number): void;
  nlms_f32_weights(state: number, weights: number): void;
  fdaf_f32_bytes(taps: number, block: number): number;
  fdaf_f32_init(
    state: number,
    taps: number,
    block: number,
    step: number,
    epsilon: number,
    leak: number,
  ): number;
  fdaf_f32_set_step(state: number, step: number): void;
  fdaf_f32_process(state: number, x: number, d: number, e: number): void;
  fdaf_f32_weights(state: number, weights: number): void;
  line_enhancer_f32_bytes(delay: number, taps: number, block: number): number;
  line_enhancer_f32_init(
    state: number,
    delay: number,
    taps: number,
    block: number,
    step: number,
    epsilon: number,
    leak: number,
  ): number;
  line_enhancer_f32_set_step(state: number, step: number): void;
  line_enhancer_f32_process(
    state: number,
    input: number,
    rest: number,
    periodic: number,
    count: number,
  ): void;
  line_enhancer_f32_weights(state: number, weights: number): void;

  mix_f32(
    primary: number,
    rest: number,
    intensity: number,
    limit: number,
    count: number,
    squares: number,
  ): void;

  spectrum_bytes(size: number): number;
  spectrum_init(state: number, size: number): number;
  spectrum_process(state: number, signal: number, power: number): void;

  controller_count(): number;
  controller_name(index: number): number;
  controller_bytes(index: number, options: number): number;
  controller_init(state: number, index: number, options: number, bytes: number): number;
  controller_output(state: number, reference: number): number;
  controller_adapt(state: number, error: number): void;
  controller_process(state: number, ref: number, err: number, out: number, count: number): void;
  controller_weights(state: number): number;
  controller_taps(state: number): number;
  controller_resets(state: number): number;

  engine_bytes(): number;
  engine_init(state: number, sampleRateHz: number): void;
  engine_configure(
    state: number,
    mode: number,
    adapt: number,
    mute: number,
    filterForm: number,
    taps: number,
    stepSize_e5: number,
    leakage_e3: number,
    energyFloorDb_e1: number,
    outputLimitDb_e1: number,
    transparencyGainDb_e1: number,
  ): void;
  engine_set_secondary(state: number, model: number): number;
  engine_output(state: number, ref_q31: number): number;
  engine_adapt(state: number, err_q31: number): void;
  engine_process(state: number, ref: number, err: number, out: number, count: number): void;
  engine_disturbance(state: number): number;
  engine_take_levels(state: number, levels: number): void;
  engine_weight_count(state: number): number;
  engine_weights(state: number): number;
  engine_set_weights(state: number, weights: number, count: number): number;
  engine_reset_weights(state: number): void;
  engine_save_weights(state: number): void;
  engine_restore_weights(state: number): void;
  engine_freeze(state: number, frozen: number): void;
  engine_mute(state: number, muted: number): void;
}

/** What firmware/ports/wasm imports: functions of Math under their own names. */
export const coreImports = { Math: Math as unknown as WebAssembly.ModuleImports };

/** Every name above, to tell a module of another version before it is called. */
export const exportNames = [
  ...['memory', 'memory_take', 'memory_give_back', 'memory_block_bytes'],
  ...['nlms_q15', 'nlms_q31', 'nlms_f32', 'fdaf_f32', 'line_enhancer_f32'].flatMap((kernel) =>
    ['bytes', 'init', 'set_step', 'process', 'weights'].map((verb) => `${kernel}_${verb}`),
  ),
  ...['mix_f32', 'spectrum_bytes', 'spectrum_init', 'spectrum_process'],
  ...[
    'count',
    'name',
    'bytes',
    'init',
    'output',
    'adapt',
    'process',
    'weights',
    'taps',
    'resets',
  ].map((verb) => `controller_${verb}`),
  ...['bytes', 'init', 'configure', 'set_secondary', 'output', 'adapt', 'process'].map(
    (verb) => `engine_${verb}`,
  ),
  ...['disturbance', 'take_levels', 'weight_count', 'weights', 'set_weights', 'reset_weights'].map(
    (verb) => `engine_${verb}`,
  ),
  ...['save_weights', 'restore_weights', 'freeze', 'mute'].map((verb) => `engine_${verb}`),
];
