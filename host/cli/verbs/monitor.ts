import { Command } from 'commander';
import type { TelemetryEvent } from '@anc/link';
import { isJson, line, note } from '../output.ts';
import { type DeviceOptions, positiveNumber, until, useDevice, withDevice } from '../session.ts';

const floorDb = -100;
const barWidth = 40;

/** dBFS of a mean square in the link's format: 0 dB is a full-scale square wave. */
export function levelDb(meanSquare: number): number {
  return meanSquare === 0 ? floorDb : Math.max(floorDb, 10 * Math.log10(meanSquare / 2 ** 32));
}

export function bar(db: number): string {
  const filled = Math.round(((db - floorDb) / -floorDb) * barWidth);
  return '█'.repeat(Math.max(0, Math.min(barWidth, filled))).padEnd(barWidth, '·');
}

function values(event: TelemetryEvent) {
  const errorDb = levelDb(event.errorMeanSquare);
  const offDb = levelDb(event.disturbanceMeanSquare);
  return {
    mode: event.mode,
    guard: event.guard,
    referenceDb: levelDb(event.referenceMeanSquare),
    errorDb,
    offDb,
    outputDb: levelDb(event.outputMeanSquare),
    attenuationDb: event.mode === 'anc' ? offDb - errorDb : null,
    cpuShare: event.cpuPermille / 1000,
    clippedSamples: event.clippedSamples,
    rollbacks: event.rollbacks,
    streamDropped: event.streamDropped,
  };
}

type Values = ReturnType<typeof values>;

const db = (value: number) => `${value.toFixed(1).padStart(7)} dBFS`;

function screen(v: Values, lost: number): string {
  const attenuation = v.attenuationDb === null ? '   –' : `${v.attenuationDb.toFixed(1)} dB`;
  return [
    `mode ${v.mode}   guard ${v.guard}   attenuation ${attenuation} (broadband, against the headset's own estimate of off)`,
    '',
    `reference ${bar(v.referenceDb)} ${db(v.referenceDb)}`,
    `error off ${bar(v.offDb)} ${db(v.offDb)}  (estimate)`,
    `error     ${bar(v.errorDb)} ${db(v.errorDb)}`,
    `output    ${bar(v.outputDb)} ${db(v.outputDb)}`,
    '',
    `CPU ${(100 * v.cpuShare).toFixed(0)} %   clipped ${v.clippedSamples}   roll-backs ${v.rollbacks}   lost frames ${lost}   Ctrl-C ends`,
  ].join('\x1b[K\n');
}

function plain(v: Values): string {
  const attenuation =
    v.attenuationDb === null ? '' : `  attenuation ${v.attenuationDb.toFixed(1)} dB`;
  return `${v.mode}  reference ${db(v.referenceDb)}  off ${db(v.offDb)}  error ${db(v.errorDb)}  output ${db(v.outputDb)}${attenuation}`;
}

export function monitor(): Command {
  return withDevice(new Command('monitor'))
    .description('watch levels and attenuation live; changes nothing')
    .option('--seconds <s>', 'end after that long')
    .action((options: DeviceOptions & { seconds?: string }) => {
      const ms =
        options.seconds === undefined
          ? undefined
          : 1000 * positiveNumber('seconds', options.seconds);
      const isLive = process.stdout.isTTY && !isJson();
      return useDevice(
        options,
        async (device, signal) => {
          let lastMs = -Infinity;
          let hasDrawn = false;
          device.on('state', (state, reason) => {
            if (state !== 'closed') note(`${state}${reason ? `: ${reason.message}` : ''}`);
          });
          device.on('log', ({ level, code, value }) => {
            if (!isLive)
              line(
                { event: 'log', level, code, value },
                `${level}: ${code}${value ? ` (${value})` : ''}`,
              );
          });
          device.on('telemetry', (event) => {
            const nowMs = performance.now();
            const v = values(event);
            if (isLive) {
              process.stdout.write(hasDrawn ? '\x1b[7A\r' : '');
              process.stdout.write(`${screen(v, device.linkStats.lost['telemetry'] ?? 0)}\x1b[K`);
              hasDrawn = true;
            } else if (isJson() || nowMs - lastMs >= 990) {
              lastMs = nowMs;
              line({ event: 'telemetry', ...v }, plain(v));
            }
          });
          await until(signal, ms);
          if (hasDrawn) process.stdout.write('\n');
        },
        { reconnect: true },
      );
    });
}
