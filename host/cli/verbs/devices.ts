import { Command } from 'commander';
import { line, note, result } from '../output.ts';
import { until } from '../session.ts';

export function devices(): Command {
  return new Command('devices')
    .description(
      'list headsets at serial ports and pseudo-terminals: free, busy, or without permission',
    )
    .option('--watch', 'go on and say when one comes or goes')
    .action(async ({ watch }: { watch?: boolean }) => {
      const { discover, watchUsb } = await import('../../device/index.ts');
      const found = await discover();
      const text = () =>
        found.length === 0
          ? 'No headset is connected. Plug one in, or try the virtual one: anc info --device sim:'
          : found
              .map(
                ({ uri, status, description }) =>
                  `${uri.padEnd(36)} ${status.padEnd(14)} ${description}`,
              )
              .join('\n');
      result(found, text);
      if (!watch) return;
      const interrupt = new AbortController();
      process.once('SIGINT', () => interrupt.abort());
      let known = new Map(found.map((device) => [device.uri, device]));
      const compare = async () => {
        const now = new Map((await discover()).map((device) => [device.uri, device]));
        for (const device of now.values())
          if (known.get(device.uri)?.status !== device.status)
            line({ event: 'present', ...device }, `+ ${device.uri} ${device.status}`);
        for (const device of known.values())
          if (!now.has(device.uri)) line({ event: 'gone', ...device }, `- ${device.uri}`);
        known = now;
      };
      // Where a USB bus reports changes they show at once; the slow look finds everything else.
      const end = await watchUsb(() => void compare());
      const timer = setInterval(() => void compare(), 2000);
      note('Watching; Ctrl-C ends it.');
      await until(interrupt.signal);
      clearInterval(timer);
      end();
    });
}
