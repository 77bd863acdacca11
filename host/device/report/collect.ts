/** What whoever helps from afar asks for, as files; nothing of it is redacted yet. */
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { asAncError, type Events } from '@anc/link';
import type { Device } from '../device.ts';
import { discover } from '../discover.ts';
import { readSettings, settingsText } from '../settings-backup.ts';

export interface ReportFile {
  readonly name: string;
  /** In words, for the list that is printed. */
  readonly what: string;
  readonly text: string;
}

function json(name: string, what: string, value: unknown): ReportFile {
  return { name, what, text: `${JSON.stringify(value, null, 2)}\n` };
}

function lines(name: string, what: string, values: readonly unknown[]): ReportFile {
  return { name, what, text: values.map((value) => `${JSON.stringify(value)}\n`).join('') };
}

/** A URI without what follows its kind: addresses and ports are the user's. Options of a virtual headset help. */
function kindOf(uri: string): string {
  return uri.startsWith('sim:') ? uri : uri.replace(/^([a-z]+:).*$/s, '$1…');
}

/** Of this machine and program; needs no headset. */
export async function hostFiles(version: string): Promise<ReportFile[]> {
  const models = cpus().map(({ model }) => model.trim());
  const facts = {
    anc: version,
    node: process.versions.node,
    platform: platform(),
    release: release(),
    architecture: arch(),
    processor: models[0] ?? 'unknown',
    processors: models.length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    // Names alone: values may be anything.
    environment: Object.keys(process.env)
      .filter((name) => name.startsWith('ANC_'))
      .sort(),
  };
  const found = await discover().catch(() => []);
  const headsets = found.map(({ uri, status }) => ({ kind: kindOf(uri), status }));
  return [
    json('host.json', 'versions of anc and node, operating system, processor', facts),
    json(
      'headsets.json',
      'kinds of the headsets that were found, and whether they are free',
      headsets,
    ),
  ];
}

/** That no headset answered, and what was said about it. */
export function failureFile(error: unknown): ReportFile {
  const { code, message, hint } = asAncError(error);
  return json('error.json', 'why no headset could be asked', { code, message, hint });
}

/** Telemetry and log for a while. Every part that fails is said in its place: a sick headset is what reports are made of. */
export async function headsetFiles(
  device: Device,
  listen: (ms: number) => Promise<unknown>,
  ms: number,
): Promise<ReportFile[]> {
  const telemetry: Events['telemetry'][] = [];
  const log: Events['log'][] = [];
  const states: { state: string; reason: string | null }[] = [];
  const ends = [
    device.on('telemetry', (event) => telemetry.push(event)),
    device.on('log', (event) => log.push(event)),
    device.on('state', (state, reason) => states.push({ state, reason: reason?.message ?? null })),
  ];
  await listen(ms);
  ends.forEach((end) => end());
  const attempt = async (file: () => Promise<ReportFile> | ReportFile, name: string) => {
    try {
      return await file();
    } catch (error) {
      const { code, message } = asAncError(error);
      return json(name, `not readable: ${message}`, { error: { code, message } });
    }
  };
  const { dictionary, info } = device;
  const hash = dictionary.hash.toString(16).padStart(8, '0');
  const settings = async (name: string, which: 'value' | 'stored') => ({
    name,
    what: which === 'value' ? 'the settings that run' : 'the settings that are stored',
    text: settingsText(await readSettings(device, which)),
  });
  return [
    json('headset.json', 'board, firmware, latency, why it started last', {
      uri: kindOf(device.uri),
      ...info,
      dictionary: hash,
      states,
    }),
    json('dictionary.json', 'the parameters that it has', {
      hash,
      groups: dictionary.groups,
      parameters: dictionary.parameters,
    }),
    await attempt(() => settings('settings.json', 'value'), 'settings.json'),
    await attempt(() => settings('stored.json', 'stored'), 'stored.json'),
    await attempt(
      async () =>
        json('link.json', 'counters of the link, of both sides', {
          host: device.linkStats,
          headset: await device.readLinkStats(),
        }),
      'link.json',
    ),
    lines('telemetry.jsonl', 'levels, guard and load, a line a report', telemetry),
    lines('log.jsonl', 'what the headset logged meanwhile', log),
  ];
}
