import { AncError } from '@anc/link';
import { Command } from 'commander';
import type {
  Device,
  ListedProfile,
  Restored,
  SettingsBackup,
  SettingsDifference,
} from '../../device/index.ts';
import { note, report, result } from '../output.ts';
import { type DeviceOptions, useDevice, withDevice } from '../session.ts';

interface FolderOption {
  folder?: string;
}

type Options = DeviceOptions & FolderOption;

function verb(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      '--folder <path>',
      'of the profiles (default: ANC_PROFILES, else ~/.config/anc/profiles)',
    );
}

const library = () => import('../../device/index.ts');

/** What a headset itself can stand for, beside files. */
const ofDevice = { device: 'value', stored: 'stored', default: 'default' } as const;

function isOfDevice(name: string): name is keyof typeof ofDevice {
  return Object.hasOwn(ofDevice, name);
}

function checkOwnName(name: string): void {
  if (isOfDevice(name))
    throw new AncError('PROFILE_NAME', `'${name}' stands for a state of the headset`);
}

/** Rows of cells, each column as wide as its widest. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function save(): Command {
  return withDevice(verb('save', 'keep the settings of a headset under a name'))
    .argument('<name>')
    .option('--note <text>', 'what it is for')
    .option('--stored', 'what is stored, instead of what runs')
    .option('--secondary-model', 'with the model of the secondary path')
    .option('--force', 'in place of a profile of that name')
    .action(
      async (
        name: string,
        options: Options & {
          note?: string;
          stored?: true;
          secondaryModel?: true;
          force?: true;
        },
      ) => {
        const { checkProfileName, modelLines, profilesFolder, readSettings, saveProfile } =
          await library();
        checkOwnName(name);
        checkProfileName(name);
        await useDevice(options, async (device) => {
          const settings = await readSettings(device, options.stored ? 'stored' : 'value');
          const profile = {
            ...settings,
            name,
            ...(options.note === undefined ? {} : { note: options.note }),
            ...(options.secondaryModel
              ? { secondaryModel: modelLines(await device.readBlock('secondaryModel')) }
              : {}),
          };
          const force = options.force ?? false;
          const file = await saveProfile(profilesFolder(options.folder), profile, { force });
          const count = Object.keys(profile.parameters).length;
          result({ name, file, count }, () => `${count} parameters kept as '${name}': ${file}`);
        });
      },
    );
}

function listText(listed: readonly ListedProfile[], folder: string): string {
  const rows = listed.map(({ name, profile, fault }) => [
    name,
    profile?.board ?? '',
    profile?.date?.slice(0, 10) ?? '',
    profile ? (profile.note ?? '') : `not readable: ${fault}`,
  ]);
  return table([['profile', 'board', 'date', 'note'], ...rows]) + `\n\nfolder: ${folder}`;
}

function list(): Command {
  return verb('list', 'profiles of the folder, and the presets of the boards').action(
    async (options: FolderOption) => {
      const { listProfiles, profilesFolder } = await library();
      const folder = profilesFolder(options.folder);
      const profiles = await listProfiles(folder);
      result({ folder, profiles }, () => listText(profiles, folder));
    },
  );
}

function showText(profile: SettingsBackup): string {
  const { name, note: text, date, board, serialNumber, firmwareVersion, dictionary } = profile;
  const facts = { name, note: text, date, board, serialNumber, firmwareVersion, dictionary };
  const rows = Object.entries(facts).flatMap(([what, value]) =>
    value === undefined ? [] : [[what, value]],
  );
  const values = Object.entries(profile.parameters).map(([what, value]) => [what, String(value)]);
  const model = profile.secondaryModel ? '\n\nwith a model of the secondary path' : '';
  return `${table(rows)}\n\n${table(values)}${model}`;
}

function show(): Command {
  return verb('show', 'what a profile holds')
    .argument('<profile>', 'name, preset:BOARD/NAME, or file')
    .action(async (name: string, options: FolderOption) => {
      const { loadProfile, profilesFolder } = await library();
      const profile = await loadProfile(profilesFolder(options.folder), name);
      result(profile, () => showText(profile));
    });
}

async function diffOf(
  first: string,
  second: string,
  folder: string,
  device: Device | null,
): Promise<SettingsDifference[]> {
  const { differencesOf, loadProfile, readSettings } = await library();
  const settings = async (name: string) =>
    isOfDevice(name) ? readSettings(device!, ofDevice[name]) : loadProfile(folder, name);
  return differencesOf(await settings(first), await settings(second));
}

function diff(): Command {
  return withDevice(verb('diff', 'what differs between a profile and a headset, or another one'))
    .argument('<profile>', 'name, preset:BOARD/NAME, file, or device, stored, default')
    .argument('[other]', 'the same', 'device')
    .action(async (first: string, second: string, options: Options) => {
      const { loadProfile, profilesFolder } = await library();
      const folder = profilesFolder(options.folder);
      // A name that is wrong is said before a headset is looked for.
      for (const name of [first, second]) if (!isOfDevice(name)) await loadProfile(folder, name);
      const differences = [first, second].some(isOfDevice)
        ? await useDevice(options, (device) => diffOf(first, second, folder, device))
        : await diffOf(first, second, folder, null);
      const cell = (value: unknown) => (value === undefined ? '–' : String(value));
      result({ from: first, to: second, differences }, () =>
        differences.length === 0
          ? 'nothing differs'
          : table([
              ['parameter', first, second],
              ...differences.map(({ name, from, to }) => [name, cell(from), cell(to)]),
            ]),
      );
    });
}

function restoredText(restored: Restored, dryRun: boolean): string {
  const { changes, failed, secondaryModel, stored } = restored;
  const lines = changes.map(({ name, from, to }) => `${name}: ${String(from)} → ${String(to)}`);
  if (secondaryModel) lines.push('secondary model: as in the profile');
  if (lines.length === 0) lines.push('nothing differs');
  const refused = failed.map(({ name, reason }) => `not set: ${name}: ${reason}`);
  const after = dryRun
    ? 'nothing was set'
    : stored === null
      ? '`anc params store` keeps them'
      : `${stored} parameters stored, read back and compared`;
  return [...lines, ...refused, after].join('\n');
}

function restore(): Command {
  return withDevice(verb('restore', 'set what a profile holds; without --store nothing is stored'))
    .argument('<profile>', 'name, preset:BOARD/NAME, or file')
    .option('--store', 'store all values afterwards')
    .option('--dry-run', 'only show what would change')
    .action(async (name: string, options: Options & { store?: true; dryRun?: true }) => {
      const { loadProfile, profilesFolder, restoreSettings } = await library();
      const { store = false, dryRun = false } = options;
      if (store && dryRun) throw new AncError('USAGE', 'give --store or --dry-run, not both');
      const profile = await loadProfile(profilesFolder(options.folder), name);
      await useDevice(options, async (device) => {
        const restored = await restoreSettings(device, profile, { store, dryRun });
        if (restored.otherBoard !== null)
          note(`the profile is of ${restored.otherBoard}, this is ${device.info.board}`);
        for (const file of restored.backups) note(`backup: ${file}`);
        result({ changed: !dryRun, ...restored }, () => restoredText(restored, dryRun));
        const { failed } = restored;
        if (failed.length === 0) return;
        const names = failed.map((one) => one.name).join(', ');
        const text = `${failed.length} of '${name}' could not be set: ${names}`;
        process.exitCode = report(new AncError('PROFILE_PARTIAL', text));
      });
    });
}

function rename(): Command {
  return verb('rename', 'another name for a profile')
    .argument('<name>')
    .argument('<new-name>')
    .action(async (from: string, to: string, options: FolderOption) => {
      const { profilesFolder, renameProfile } = await library();
      checkOwnName(to);
      const file = await renameProfile(profilesFolder(options.folder), from, to);
      result({ from, to, file }, () => `'${from}' is '${to}' now: ${file}`);
    });
}

function remove(): Command {
  return verb('remove', 'remove a profile')
    .argument('<name>')
    .action(async (name: string, options: FolderOption) => {
      const { profilesFolder, removeProfile } = await library();
      const file = await removeProfile(profilesFolder(options.folder), name);
      result({ removed: name, file }, () => `removed: ${file}`);
    });
}

export function profile(): Command {
  const command = new Command('profile').description(
    'keep settings under a name, compare and restore them',
  );
  for (const sub of [save(), list(), show(), diff(), restore(), rename(), remove()])
    command.addCommand(sub);
  return command;
}
