import { Command } from 'commander';
import { note, result } from '../output.ts';
import { type DeviceOptions, useDevice, withDevice } from '../session.ts';

export function latency(): Command {
  return withDevice(new Command('latency'))
    .description('play pulses and measure how late they come back to the error microphone')
    .action((options: DeviceOptions) =>
      useDevice(options, async (device, signal) => {
        note('pulses for 1.5 s; Ctrl-C ends them');
        const found = await device.measureLatency(signal);
        const expected = device.info.addedLatencySamples;
        result({ ...found, addedLatencySamples: expected }, () =>
          [
            `measured   ${found.delaySamples} samples (${found.delayMs.toFixed(3)} ms), ${found.peakDb.toFixed(1)} dB above the noise`,
            `by board   ${expected} samples, without the acoustics (1 cm of air: 1.4 samples at 48 kHz)`,
          ].join('\n'),
        );
      }),
    );
}
