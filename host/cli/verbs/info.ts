import { Command } from 'commander';
import type { DeviceInfo } from '../../device/index.ts';
import { result } from '../output.ts';
import { type DeviceOptions, useDevice, withDevice } from '../session.ts';

function storeText({ safeMode, storeValid }: DeviceInfo): string {
  if (safeMode) return 'not looked at: safe mode (`anc recover`)';
  return storeValid ? 'yes' : 'none, or not readable';
}

export function info(): Command {
  return withDevice(new Command('info'))
    .description('what a headset says of itself, and the state of the link')
    .action((options: DeviceOptions) =>
      useDevice(options, async (device) => {
        const startMs = performance.now();
        const { uptimeMs } = await device.request('ping', { token: 1 });
        const roundTripMs = performance.now() - startMs;
        const headset = await device.readLinkStats();
        const { info: about, dictionary, uri, description } = device;
        const hash = dictionary.hash.toString(16).padStart(8, '0');
        const latencyMs = (1000 * about.addedLatencySamples) / about.sampleRateHz;
        result({ uri, ...about, uptimeMs, dictionary: hash, roundTripMs, link: headset }, () =>
          [
            ['board', about.board],
            ['serial number', about.serialNumber],
            [
              'firmware',
              `${about.firmwareVersion}, protocol ${about.protocolVersion}, dictionary ${hash} (${dictionary.parameters.length} parameters)`,
            ],
            [
              'audio',
              `${about.sampleRateHz} Hz, ${about.addedLatencySamples} samples (${latencyMs.toFixed(3)} ms) from microphone to loudspeaker`,
            ],
            ['stored settings', storeText(about)],
            ['running for', `${(uptimeMs / 1000).toFixed(1)} s since ${about.resetReason}`],
            ['link', `${description}, round trip ${roundTripMs.toFixed(2)} ms`],
            [
              'frames',
              `${headset.rxFrames} in, ${headset.txFrames} out, ${headset.rxDamaged} damaged, ${headset.txDropped} dropped`,
            ],
          ]
            .map(([name, value]) => `${name!.padEnd(16)} ${value}`)
            .join('\n'),
        );
      }),
    );
}
