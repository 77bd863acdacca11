/** The whole job, for Node and browsers alike: it reports by events and prints nothing. */
import { AncError } from '@anc/link';
import { hexNumber } from './bytes.ts';
import type { Chip } from './chips.ts';
import { type DeviceState, FlashError } from './errors.ts';
import type { Firmware } from './firmware.ts';
import { boardOfApp } from './image.ts';
import { type Layout, readLayout } from './layout.ts';
import { blockBytes, Loader } from './loader.ts';
import { md5 } from './md5.ts';
import { makePlan, type Plan, type Write } from './plan.ts';
import { Rate } from './rate.ts';
import type { WebPort } from './web-port.ts';

export type FlashStep = 'connect' | 'look' | 'backup' | 'erase' | 'write' | 'verify' | 'reset';

export type FlashEvent =
  | { readonly event: 'step'; readonly step: FlashStep; readonly text: string }
  | {
      readonly event: 'progress';
      readonly step: FlashStep;
      readonly what: string;
      readonly doneBytes: number;
      readonly totalBytes: number;
      readonly secondsLeft: number | null;
      /** What the headset has if the cable is pulled now. */
      readonly ifCut: DeviceState;
    };

export interface SettingsBackup {
  readonly label: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface FlashJob {
  readonly port: WebPort;
  /** Chooses and loads the firmware once the chip is known. */
  readonly firmwareFor: (chip: Chip) => Promise<Firmware>;
  /** What the headset's own firmware says it is; null when it did not answer. */
  readonly board?: string | null;
  readonly full?: boolean;
  readonly eraseSettings?: boolean;
  readonly baudRate?: number;
  readonly signal?: AbortSignal;
  readonly patience?: number;
  /** What to do when the loader does not answer, from the board's file. */
  readonly recovery?: string | undefined;
  readonly onEvent?: (event: FlashEvent) => void;
  /** The settings as they are in the flash, before anything is written. */
  readonly onBackup?: (settings: readonly SettingsBackup[]) => void | Promise<void>;
}

export interface FlashResult {
  readonly chip: string;
  readonly mac: string;
  readonly kind: Plan['kind'];
  readonly slot: string;
  readonly oldVersion: string | null;
  readonly version: string;
  readonly writtenBytes: number;
  /** Of what was to be written: it was there already. */
  readonly sameBytes: number;
}

class Job {
  /** What the headset has if everything ended here. */
  state: DeviceState = 'untouched';
  readonly #job: FlashJob;
  readonly #loader: Loader;

  constructor(job: FlashJob, loader: Loader) {
    this.#job = job;
    this.#loader = loader;
  }

  step(step: FlashStep, text: string): void {
    this.#job.onEvent?.({ event: 'step', step, text });
  }

  #progress(step: FlashStep, what: string, totalBytes: number): (done: number) => void {
    const rate = new Rate(totalBytes);
    const tell = (doneBytes: number) =>
      this.#job.onEvent?.({
        event: 'progress',
        step,
        what,
        doneBytes,
        totalBytes,
        secondsLeft: rate.secondsLeft(doneBytes),
        ifCut: this.state,
      });
    tell(0);
    return tell;
  }

  #throwIfAborted(): void {
    this.#job.signal?.throwIfAborted();
  }

  async backup(layout: Layout | null, plan: Plan): Promise<SettingsBackup[]> {
    if (!layout || plan.settings.length === 0) return [];
    this.step('backup', 'reading the settings');
    const total = plan.settings.reduce((sum, { size }) => sum + size, 0);
    const tell = this.#progress('backup', 'settings', total);
    const kept: SettingsBackup[] = [];
    let before = 0;
    for (const { label, offset, size } of plan.settings) {
      const base = before;
      const bytes = await this.#loader.read(offset, size, (done) => {
        this.#throwIfAborted();
        tell(base + done);
      });
      kept.push({ label, offset, bytes });
      before += size;
    }
    await this.#job.onBackup?.(kept);
    return kept;
  }

  /** The stub erases ahead of what it writes; only settings are erased by themselves. */
  async erase(plan: Plan): Promise<void> {
    const total = plan.settings.reduce((sum, { size }) => sum + size, 0);
    this.step('erase', 'erasing the settings');
    const tell = this.#progress('erase', 'settings', total);
    let done = 0;
    for (const { offset, size } of plan.settings) {
      this.#throwIfAborted();
      if (this.state === 'untouched') this.state = 'old';
      await this.#loader.erase(offset, size);
      tell((done += size));
    }
  }

  async write({ what, offset, bytes, during, after }: Write): Promise<number> {
    this.step('write', `${what} at ${hexNumber(offset)}`);
    const tell = this.#progress('write', what, bytes.length);
    let written = 0;
    for (let at = 0; at < bytes.length; at += blockBytes) {
      this.#throwIfAborted();
      const block = bytes.subarray(at, at + blockBytes);
      const begin = () => void (this.state = during);
      if (await this.#loader.writeBlock(offset + at, block, begin)) written += block.length;
      tell(at + block.length);
    }
    // What was there already has changed nothing, but may have been the last that was missing.
    if (written > 0 || after === 'new') this.state = after;
    return written;
  }

  /** Compares regions once more, as the chip has them now. */
  async verify(
    what: string,
    regions: readonly {
      readonly what: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }[],
    differs: (what: string) => FlashError,
  ): Promise<void> {
    this.step('verify', what);
    const total = regions.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const tell = this.#progress('verify', what, total);
    let done = 0;
    for (const { what: name, offset, bytes } of regions) {
      this.#throwIfAborted();
      if ((await this.#loader.md5(offset, bytes.length)) !== md5(bytes)) throw differs(name);
      tell((done += bytes.length));
    }
  }

  async run(plan: Plan, kept: readonly SettingsBackup[], erases: boolean): Promise<number> {
    let written = 0;
    const payload = plan.writes.filter(({ switches }) => !switches);
    for (const write of payload) written += await this.write(write);
    await this.verify(
      'firmware',
      payload,
      (name) =>
        new FlashError('FLASH_VERIFY_FAILED', `${name} is not in the flash as it was written`),
    );
    for (const write of plan.writes) if (write.switches) written += await this.write(write);
    if (erases) await this.erase(plan);
    else if (kept.length > 0)
      await this.verify(
        'settings',
        kept.map((one) => ({ ...one, what: one.label })),
        (name) =>
          new FlashError(
            'FLASH_SETTINGS_CHANGED',
            `the settings in ${name} are not what they were`,
          ),
      );
    return written;
  }
}

function checkBoard(firmware: Firmware, board: string | null | undefined): void {
  if (board && firmware.board && board !== firmware.board)
    throw new FlashError(
      'FLASH_BOARD_WRONG',
      `the headset is a ${board}, the firmware is for ${firmware.board}`,
    );
}

/**
 * Flashes a headset. Whatever happens, the error's hint says what the headset has and what to do next.
 * Errors: the FLASH_ family, those of the port, whatever `signal` was aborted with.
 */
export async function flashHeadset(options: FlashJob): Promise<FlashResult> {
  const { port, signal, patience, baudRate = 460_800, onEvent } = options;
  onEvent?.({ event: 'step', step: 'connect', text: 'looking for the chip' });
  let loader: Loader;
  try {
    loader = await Loader.connect(port, { baudRate, signal, patience });
  } catch (error) {
    throw error instanceof FlashError ? error.at('untouched', options.recovery) : error;
  }
  const job = new Job(options, loader);
  try {
    job.step('look', `${loader.chip.family}, ${loader.flashBytes / 2 ** 20} MB of flash`);
    const wanted = await options.firmwareFor(loader.chip);
    if (wanted.chip !== loader.chip)
      throw new FlashError(
        'FLASH_CHIP_WRONG',
        `the headset has an ${loader.chip.family}, the firmware is for ${wanted.chip.family}`,
      );
    const layout = await readLayout(loader, loader.chip, wanted.table?.offset);
    checkBoard(wanted, options.board ?? boardOfApp(layout?.app ?? null));
    const plan = makePlan(wanted, layout, loader.flashBytes, {
      full: options.full ?? false,
      eraseSettings: options.eraseSettings ?? false,
    });
    const kept = await job.backup(layout, plan);
    const writtenBytes = await job.run(plan, kept, options.eraseSettings ?? false);
    job.step('reset', 'starting the firmware');
    await loader.reset().catch((cause: unknown) => {
      const text = 'the firmware is in place, but the chip did not restart';
      throw new FlashError('FLASH_NOT_BACK', text, { cause });
    });
    const planned = plan.writes.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return {
      chip: loader.chip.family,
      mac: loader.mac,
      kind: plan.kind,
      slot: plan.slot.label,
      oldVersion: layout?.app?.version ?? null,
      version: wanted.app.description.version,
      writtenBytes,
      sameBytes: planned - writtenBytes,
    };
  } catch (error) {
    throw await explained(error, job, loader);
  } finally {
    await loader.close();
  }
}

/** An error with what the headset has now. It is started again when that is possible: nobody should have to pull its plug. */
async function explained(error: unknown, job: Job, loader: Loader): Promise<unknown> {
  if (job.state !== 'unbootable') await loader.reset().catch(() => {});
  if (error instanceof FlashError) return error.at(job.state);
  if (error instanceof AncError && error.code === 'INTERRUPTED')
    return new FlashError(error.code, error.message, { device: job.state, cause: error });
  return error;
}
