/** An ESP-IDF checkout, and what is asked of it: options, include folders and sources, as its own files say them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckError } from './errors.ts';

/** Programs of the project run in its root. */
const checkFolder = join(process.cwd(), 'firmware', 'ports', 'esp-idf', 'check');

export interface Idf {
  readonly path: string;
  readonly version: string;
  /** Folders of components beside ESP-IDF's own. */
  readonly components: readonly string[];
}

/** Errors: IDF_NOT_FOUND. */
export function openIdf(path: string, components: readonly string[]): Idf {
  const file = join(path, 'tools', 'cmake', 'version.cmake');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const part = (name: string) => text.match(new RegExp(`IDF_VERSION_${name} (\\d+)`))?.[1];
  const version = [part('MAJOR'), part('MINOR'), part('PATCH')];
  if (version.includes(undefined)) {
    throw new CheckError(
      'IDF_NOT_FOUND',
      `'${path}' is no ESP-IDF: tools/cmake/version.cmake is missing or says no version`,
      'Give the root of a checkout of ESP-IDF 5.1 to 5.5.',
    );
  }
  return { path, version: version.join('.'), components };
}

/** The components in a folder like managed_components: esp_codec_dev, esp_tinyusb, tinyusb. */
export function componentsIn(folder: string | undefined): string[] {
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'CMakeLists.txt')));
}

const debianPython = '/usr/bin/python3';

/** Why the tools that all chips need are not all there; null when they are. */
export function missingTool(): string | null {
  if (spawnSync(debianPython, ['-c', 'import kconfiglib']).status !== 0)
    return 'kconfiglib is missing (Debian: python3-kconfiglib)';
  if (!existsSync(newlib)) return `${newlib} is missing (Debian: libnewlib-dev)`;
  if (spawnSync('cmake', ['--version']).status !== 0) return 'cmake is missing';
  return null;
}

/** Writes sdkconfig.h and sdkconfig.cmake into `out`; returns options that this release does not know. */
export function resolveOptions(
  idf: Idf,
  { out, family, defaults }: { out: string; family: string; defaults: readonly string[] },
): string[] {
  const script = join(checkFolder, 'sdkconfig.py');
  const lists = [idf.components.join(';'), defaults.join(';')];
  const text = execFileSync(debianPython, [script, idf.path, family, idf.version, out, ...lists], {
    encoding: 'utf8',
  });
  return [...text.matchAll(/^unknown (\S+)/gm)].map((match) => match[1]!);
}

export interface Component {
  readonly sources: readonly string[];
  readonly includes: readonly string[];
  readonly missing: readonly string[];
}

/** One component's sources and include folders. `variables` are CMake's. */
export function evaluateComponent(
  idf: Idf,
  {
    out,
    family,
    name,
    variables,
  }: { out: string; family: string; name: string; variables: Readonly<Record<string, string>> },
): Component {
  const all = {
    IDF: idf.path,
    TARGET: family,
    VERSION: idf.version,
    SDKCONFIG: join(out, 'sdkconfig.cmake'),
    COMPONENTS: idf.components.join(';'),
    COMPONENT: name,
    ...variables,
  };
  const defines = Object.entries(all).map(([key, value]) => `-D${key}=${value}`);
  const result = spawnSync('cmake', [...defines, '-P', join(checkFolder, 'component.cmake')], {
    encoding: 'utf8',
  });
  const lines = `${result.stdout}${result.stderr}`.split('\n');
  const strange = lines.filter((line) => !/^(source|include|missing) |^$/.test(line));
  if (result.status !== 0) {
    throw new CheckError(
      'COMPONENT_INVALID',
      `the CMakeLists.txt of ${name} or of what it requires stopped CMake: ${strange.join(' ')}`,
      'Run an ESP-IDF build of it to see where.',
    );
  }
  const of = (kind: string) => [
    ...new Set(
      lines
        .filter((line) => line.startsWith(`${kind} `))
        .map((line) => line.slice(kind.length + 1)),
    ),
  ];
  return { sources: of('source'), includes: of('include'), missing: of('missing') };
}

/** The C library's headers: Debian's newlib in place of the one that comes with Espressif's compilers. */
export const newlib = '/usr/include/newlib';

/** ESP-IDF 5.5 declares a variable without the const that newlib 3.3 declares it with. */
export function libcIncludes(out: string): string[] {
  const file = join('sys', 'reent.h');
  mkdirSync(join(out, 'libc', 'sys'), { recursive: true });
  const text = readFileSync(join(newlib, file), 'utf8');
  writeFileSync(
    join(out, 'libc', file),
    text.replace('*const _global_impure_ptr', '*_global_impure_ptr'),
  );
  return [join(out, 'libc'), newlib];
}
