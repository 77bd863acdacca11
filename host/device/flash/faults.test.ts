/**
 * Every fault of the line and of the chip, at many places: the headset always ends with its old or its new firmware and
 * with its settings, and the user is told which and what to do.
 */
import { describe, expect, test } from 'vitest';
import type { EmulatedChip } from '../../testing/rom-loader/chip.ts';
import {
  type Fault,
  type FaultKind,
  type FaultPlace,
  Faults,
} from '../../testing/rom-loader/faults.ts';
import { flashedHeadset, hasItsSettings } from '../../testing/rom-loader/headsets.ts';
import {
  abTable,
  appImage,
  bootloaderImage,
  partitionTable,
} from '../../testing/rom-loader/images.ts';
import { memoryPort } from '../../testing/rom-loader/memory-port.ts';
import { FlashError } from './errors.ts';
import { firmwareOf, firmwareOfFile } from './firmware.ts';
import { flashHeadset } from './flash-headset.ts';

const image = appImage({ chip: 'ESP32-C3', version: '2.0.0', sizeBytes: 0x12000, seed: 5 });

function run(headset: EmulatedChip) {
  headset.reset(true);
  return flashHeadset({
    port: memoryPort(headset, { hasLines: false }),
    firmwareFor: () => firmwareOfFile('app.bin', image),
    // In one process an answer is there before any timer fires: only faults reach a limit.
    patience: 0.01,
  });
}

const claims: Readonly<Record<string, RegExp>> = {
  untouched: /^1\.0\.0$/,
  old: /^1\.0\.0$/,
  either: /^[12]\.0\.0$/,
  new: /^2\.0\.0$/,
};

/** Flashes with one fault, then looks at what is in the flash, then flashes again without. */
async function strike(fault: Fault): Promise<'done' | string> {
  const headset = flashedHeadset({ faults: [fault] });
  const what = `${fault.kind}@${fault.place}:${fault.at}`;
  const error = await run(headset).then(
    () => null,
    (reason: unknown) => reason,
  );
  headset.reset(false);
  const { started } = headset;
  if (!started?.starts) throw new Error(`${what}: nothing starts: ${started?.log}`);
  expect(hasItsSettings(headset), what).toBe(true);
  if (error === null) {
    expect(started.version, what).toBe('2.0.0');
    return 'done';
  }
  if (!(error instanceof FlashError)) throw error;
  expect(started.version, `${what}: ${error.code} says ${error.device}`).toMatch(
    claims[error.device]!,
  );
  expect(error.code, what).toMatch(/^FLASH_(NO_ANSWER|DISCONNECTED|FAILED|NOT_BACK)$/);
  expect(error.hint, what).toMatch(/as it was|as before|is in place/);
  headset.faults = new Faults();
  await run(headset);
  expect(headset.started, what).toMatchObject({ starts: true, version: '2.0.0' });
  return error.code;
}

async function sweep(kind: FaultKind, place: FaultPlace, points: readonly number[]) {
  const outcomes: Record<string, number> = {};
  for (const at of points) {
    const outcome = await strike({ kind, place, at });
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

/** How many commands and bytes a flash without faults takes. */
async function measure(): Promise<{ steps: number; in: number; out: number }> {
  const headset = flashedHeadset();
  const counted = { in: 0, out: 0 };
  const line = headset.faults.line.bind(headset.faults);
  headset.faults.line = (place, bytes) => {
    counted[place] += bytes.length;
    return line(place, bytes);
  };
  await run(headset);
  return { steps: headset.faults.steps, ...counted };
}

const spread = (total: number, count: number) =>
  Array.from({ length: count }, (_, i) => 1 + Math.floor((i * (total - 1)) / (count - 1)));

describe('faults', { timeout: 120_000 }, () => {
  test('disconnected before and after each step of the protocol', async () => {
    const { steps } = await measure();
    expect(steps).toBeGreaterThan(50);
    const each = Array.from({ length: steps }, (_, i) => i + 1);
    const before = await sweep('disconnect', 'step', each);
    const after = await sweep('disconnect', 'reply', each);
    // Only the last commands, which leave the loader, may break without harm.
    expect(before['done'] ?? 0).toBeLessThan(2);
    expect(after['done'] ?? 0).toBeLessThan(3);
    expect(before['FLASH_DISCONNECTED']).toBeGreaterThan(steps - 5);
  });

  test('a chip that hangs at each third step', async () => {
    const { steps } = await measure();
    const each = Array.from({ length: Math.floor(steps / 3) }, (_, i) => 1 + 3 * i);
    const outcomes = await sweep('hang', 'step', each);
    expect(outcomes['FLASH_FAILED']).toBeGreaterThan(steps / 3 - 10);
  });

  test.each(['in', 'out'] as const)('bytes lost and damaged, %s', async (place) => {
    const total = await measure();
    for (const kind of ['drop', 'corrupt'] as const) {
      const outcomes = await sweep(kind, place, spread(total[place], 24));
      process.stderr.write(`${kind} ${place}: ${JSON.stringify(outcomes)}\n`);
      expect(outcomes['done']).toBeGreaterThan(5);
    }
  });

  // The boot loader of `flashedHeadset` has the seed 99.
  test.each([
    ['another boot loader: only while it is written', 5, 1, 7],
    ['the same boot loader: never', 99, 0, 0],
  ])('a whole flash leaves nothing that starts, with %s', async (_, seed, least, most) => {
    const parts = [
      { name: 'boot loader', offset: 0, bytes: bootloaderImage('ESP32-C3', seed) },
      { name: 'table', offset: 0x8000, bytes: partitionTable(abTable()) },
      { name: 'app', offset: 0x20000, bytes: image },
    ];
    const full = (headset: EmulatedChip) => {
      headset.reset(true);
      return flashHeadset({
        port: memoryPort(headset, { hasLines: false }),
        firmwareFor: () => firmwareOf(parts),
        full: true,
        patience: 0.01,
      });
    };
    const whole = flashedHeadset();
    await full(whole);
    const { steps } = whole.faults;
    let critical = 0;
    // Each of the last ones, which switch, and some of those before.
    for (let at = 1; at <= steps; at += at < steps - 20 ? 3 : 1) {
      const headset = flashedHeadset({ faults: [{ kind: 'disconnect', place: 'step', at }] });
      const error = (await full(headset).catch((reason: unknown) => reason)) as FlashError;
      headset.reset(false);
      expect(hasItsSettings(headset)).toBe(true);
      if (error.device === 'unbootable') critical += 1;
      else expect(headset.started, `step ${at}: ${error.message}`).toMatchObject({ starts: true });
      headset.faults = new Faults();
      await full(headset);
      expect(headset.started).toMatchObject({ starts: true, version: '2.0.0' });
    }
    expect(critical).toBeGreaterThanOrEqual(least);
    expect(critical).toBeLessThanOrEqual(most);
  });

  test('unplugged at bytes in both directions', async () => {
    const total = await measure();
    for (const place of ['in', 'out'] as const)
      await sweep('disconnect', place, spread(total[place], 20));
  });
});
