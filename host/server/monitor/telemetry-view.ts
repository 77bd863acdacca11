import type { Telemetry } from '../headset.ts';
import type { TelemetryView } from '../panel-protocol.ts';
import { amplitudeDb, powerDb, rounded } from './levels.ts';

export function telemetryView(telemetry: Telemetry, timeMs: number): TelemetryView {
  const level = (power: number) => rounded(powerDb(power));
  const peak = (amplitude: number) => rounded(amplitudeDb(amplitude));
  return {
    timeMs,
    mode: telemetry.mode,
    guard: telemetry.guard,
    referenceDb: level(telemetry.referenceMeanSquare),
    errorDb: level(telemetry.errorMeanSquare),
    outputDb: level(telemetry.outputMeanSquare),
    offDb: level(telemetry.disturbanceMeanSquare),
    referencePeakDb: peak(telemetry.referencePeak),
    errorPeakDb: peak(telemetry.errorPeak),
    outputPeakDb: peak(telemetry.outputPeak),
    clippedSamples: telemetry.clippedSamples,
    limitedSamples: telemetry.limitedSamples,
    rollbacks: telemetry.rollbacks,
    cpuShare: telemetry.cpuPermille / 1000,
    deadlineMisses: telemetry.deadlineMisses,
    streamDropped: telemetry.streamDropped,
  };
}
