/** Profiles by name: files in one folder, of the user's choice, and the presets that come with the boards. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { boardsFolder, presetFile, presetNames } from '@anc/boards';
import { AncError } from '@anc/link';
import { readBackup, type SettingsBackup, writeBackup } from '../settings-backup.ts';

/** `preset:BOARD/NAME` */
const presetPrefix = 'preset:';
const extension = '.json';

export interface ListedProfile {
  readonly name: string;
  readonly file: string;
  /** null: the file is none, for the reason in `fault`. */
  readonly profile: SettingsBackup | null;
  readonly fault: string | null;
}

/** The folder given, that of ANC_PROFILES, or $XDG_CONFIG_HOME/anc/profiles. */
export function profilesFolder(given?: string): string {
  const config = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return given ?? (process.env['ANC_PROFILES'] || join(config, 'anc', 'profiles'));
}

/** Names that are a file name everywhere. Errors: PROFILE_NAME. */
export function checkProfileName(name: string): void {
  if (/^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,63}$/u.test(name) && !/([ .]|\.json)$/.test(name)) return;
  throw new AncError('PROFILE_NAME', `'${name}' is no name of a profile`);
}

function fileOf(folder: string, name: string): string {
  checkProfileName(name);
  return join(folder, `${name}${extension}`);
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function ownNames(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new AncError('FILE_UNREADABLE', `cannot read ${folder}: ${error.message}`);
  });
  return files
    .filter((file) => file.endsWith(extension))
    .map((file) => basename(file, extension))
    .sort();
}

/** Own ones first, then the presets. A file that is no profile is listed with what is wrong with it. */
export async function listProfiles(folder: string): Promise<ListedProfile[]> {
  const own = (await ownNames(folder)).map((name) => ({
    name,
    file: join(folder, `${name}${extension}`),
  }));
  const boards = boardsFolder();
  const presets = presetNames(boards).map(({ board, name }) => ({
    name: `${presetPrefix}${board}/${name}`,
    file: presetFile(boards, board, name),
  }));
  return Promise.all(
    [...own, ...presets].map(async (entry) => {
      try {
        return { ...entry, profile: await readBackup(entry.file), fault: null };
      } catch (error) {
        return { ...entry, profile: null, fault: (error as AncError).message };
      }
    }),
  );
}

/** A name, `preset:BOARD/NAME`, or a file: what has a slash or ends in .json. Errors: PROFILE_UNKNOWN, PROFILE_NAME. */
export async function findProfile(folder: string, name: string): Promise<string> {
  if (name.startsWith(presetPrefix)) {
    const [board = '', preset = ''] = name.slice(presetPrefix.length).split('/');
    const boards = boardsFolder();
    const known = presetNames(boards);
    if (known.some((one) => one.board === board && one.name === preset))
      return presetFile(boards, board, preset);
    const names = known.map((one) => `${presetPrefix}${one.board}/${one.name}`).join(', ');
    throw new AncError('PROFILE_UNKNOWN', `there is no '${name}'; there are ${names || 'none'}`);
  }
  if (/[/\\]/.test(name) || name.endsWith(extension)) return name;
  const file = fileOf(folder, name);
  if (await isThere(file)) return file;
  const names = (await ownNames(folder)).join(', ');
  throw new AncError(
    'PROFILE_UNKNOWN',
    `there is no profile '${name}' in ${folder}; there are ${names || 'none'}`,
  );
}

/** Errors: those of findProfile, FILE_UNREADABLE, FILE_INVALID. */
export async function loadProfile(folder: string, name: string): Promise<SettingsBackup> {
  return readBackup(await findProfile(folder, name));
}

/** Returns the file. Errors: PROFILE_NAME, PROFILE_EXISTS, FILE_UNWRITABLE. */
export async function saveProfile(
  folder: string,
  profile: SettingsBackup & { readonly name: string },
  { force = false }: { force?: boolean } = {},
): Promise<string> {
  const file = fileOf(folder, profile.name);
  if (!force && (await isThere(file)))
    throw new AncError('PROFILE_EXISTS', `there is a profile '${profile.name}' in ${folder}`);
  await mkdir(folder, { recursive: true }).catch(() => {});
  await writeBackup(file, profile);
  return file;
}

/** The own file of that name; presets and files elsewhere are not ours to change. Errors: PROFILE_UNKNOWN, PROFILE_NAME. */
async function ownFile(folder: string, name: string): Promise<string> {
  checkProfileName(name);
  return findProfile(folder, name);
}

/** Errors: PROFILE_UNKNOWN, PROFILE_EXISTS, PROFILE_NAME, FILE_UNWRITABLE. */
export async function renameProfile(folder: string, from: string, to: string): Promise<string> {
  const [old, fresh] = [await ownFile(folder, from), fileOf(folder, to)];
  const profile = await readBackup(old);
  if (await isThere(fresh))
    throw new AncError('PROFILE_EXISTS', `there is a profile '${to}' in ${folder}`);
  await rename(old, fresh).catch((cause: Error) => {
    throw new AncError('FILE_UNWRITABLE', `cannot rename ${old}: ${cause.message}`, { cause });
  });
  await writeBackup(fresh, { ...profile, name: to });
  return fresh;
}

/** Errors: PROFILE_UNKNOWN, PROFILE_NAME, FILE_UNWRITABLE. */
export async function removeProfile(folder: string, name: string): Promise<string> {
  const file = await ownFile(folder, name);
  await rm(file).catch((cause: Error) => {
    throw new AncError('FILE_UNWRITABLE', `cannot remove ${file}: ${cause.message}`, { cause });
  });
  return file;
}
