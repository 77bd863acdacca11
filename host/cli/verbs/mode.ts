import { Command } from 'commander';
import { result } from '../output.ts';
import { type DeviceOptions, useDevice, withDevice } from '../session.ts';

export function mode(): Command {
  return withDevice(new Command('mode').argument('[mode]', 'off, transparency or anc'))
    .description('show the mode, or switch it')
    .action((wanted: string | undefined, options: DeviceOptions) =>
      useDevice(options, async (device) => {
        if (wanted !== undefined) await device.setParameter('mode', wanted);
        const { value } = await device.getParameter('mode');
        result({ mode: value }, () => String(value));
      }),
    );
}
