/** Compiles every source of the app and of the core for one board against the headers of one ESP-IDF. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { type Chip, chips, isOlder } from './chips.ts';
import { CheckError } from './errors.ts';
import {
  type Component,
  evaluateComponent,
  type Idf,
  libcIncludes,
  resolveOptions,
} from './idf.ts';

const run = promisify(execFile);
const port = join(process.cwd(), 'firmware', 'ports', 'esp-idf');
const boardsFolder = join(port, 'generated', 'boards');

export interface Board {
  readonly id: string;
  readonly folder: string;
  readonly chip: Chip;
  readonly link: string;
  readonly hasCodec: boolean;
}

/** The boards that have been generated. Errors: BOARD_UNKNOWN. */
export function readBoards(ids: readonly string[] = []): Board[] {
  const known = existsSync(boardsFolder) ? readdirSync(boardsFolder) : [];
  for (const id of ids) {
    if (known.includes(id)) continue;
    throw new CheckError(
      'BOARD_UNKNOWN',
      `there is no board '${id}'`,
      `One of ${known.join(', ')}.`,
    );
  }
  return (ids.length > 0 ? ids : known).map((id) => {
    const folder = join(boardsFolder, id);
    const header = readFileSync(join(folder, 'board.h'), 'utf8');
    const family = readFileSync(join(folder, 'sdkconfig.defaults'), 'utf8').match(
      /^CONFIG_IDF_TARGET="(\w+)"/m,
    )?.[1];
    const link = header.match(/define ANC_BOARD_LINK_(USB_SERIAL_JTAG|USB_CDC|UART) 1/)?.[1];
    const chip = chips.find((candidate) => candidate.family === family);
    if (chip === undefined || link === undefined)
      throw new CheckError(
        'BOARD_INVALID',
        `${folder} names no chip or no link`,
        'npm run generate',
      );
    const hasCodec = !/define ANC_BOARD_CODEC_NONE 1/.test(header);
    return { id, folder, chip, link: link.toLowerCase(), hasCodec };
  });
}

/** Why a board cannot be built with this ESP-IDF; null when it can. */
export function unsupported(idf: Idf, { chip }: Board): string | null {
  return isOlder(idf.version, chip.since)
    ? `the ${chip.family} is supported from ESP-IDF ${chip.since} on`
    : null;
}

export interface Report {
  /** Files that compiled, by component. */
  readonly compiled: Readonly<Record<string, number>>;
  /** Files that were not compiled, and why. */
  readonly skipped: readonly string[];
  /** The compiler's words, by file. */
  readonly failures: readonly { readonly file: string; readonly text: string }[];
  readonly unknownOptions: readonly string[];
}

const warnings = ['-Wall', '-Wextra', '-Werror', '-Wshadow', '-Wstrict-prototypes'];

/** As TinyUSB's CMakeLists.txt defines it for who requires it. */
const tinyUsb = ({ family }: Chip) => `-DCFG_TUSB_MCU=OPT_MCU_${family.toUpperCase()}`;

function compilerFlags(chip: Chip, idf: Idf, out: string, { includes }: Component): string[] {
  const builtin = execFileSync(chip.compiler, ['-print-file-name=include'], {
    encoding: 'utf8',
  }).trim();
  // Others' headers may warn; ours may not.
  const ours = join(process.cwd(), 'firmware');
  const all = [...includes, builtin, `${builtin}-fixed`, ...libcIncludes(out)];
  return [
    ...chip.flags,
    // -S: everything but the assembler, so that warnings of the optimiser come, too.
    ...['-std=gnu17', '-O2', '-S', '-o', '/dev/null', '-nostdinc', `-I${out}`],
    ...warnings,
    ...[
      '-DESP_PLATFORM=1',
      '-D_GNU_SOURCE',
      '-DSIGNAL_RING_SAMPLES=1024',
      `-DIDF_VER="v${idf.version}"`,
      tinyUsb(chip),
    ],
    ...all.flatMap((folder) => [folder.startsWith(ours) ? '-I' : '-isystem', folder]),
  ];
}

async function compileAll(
  compiler: string,
  flags: readonly string[],
  sources: readonly string[],
): Promise<{ file: string; text: string }[]> {
  const failures: { file: string; text: string }[] = [];
  const left = [...sources];
  const work = async () => {
    for (let file = left.pop(); file !== undefined; file = left.pop()) {
      try {
        const { stderr } = await run(compiler, [...flags, file]);
        if (stderr) failures.push({ file, text: stderr });
      } catch (error) {
        failures.push({ file, text: (error as { stderr?: string }).stderr || String(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return failures;
}

/** What a managed component is needed for, where it is not there. */
function skippedFiles(board: Board, { missing }: Component, link: string): Map<string, string> {
  const skipped = new Map<string, string>();
  if (board.hasCodec && missing.includes('esp_codec_dev'))
    skipped.set('codec.c', 'esp_codec_dev is missing');
  if (link === 'usb_cdc' && (missing.includes('esp_tinyusb') || missing.includes('tinyusb')))
    skipped.set('link_usb_cdc.c', 'esp_tinyusb or tinyusb is missing');
  return skipped;
}

/** `out` takes the options; `link` is the board's, or another that its chip could have; `withCore`: the core, too. */
export async function compileBoard(
  idf: Idf,
  board: Board,
  { out, link = board.link, withCore = true }: { out: string; link?: string; withCore?: boolean },
): Promise<Report> {
  const ours = [join(port, 'components', 'anc_core'), join(port, 'app', 'main')];
  const own: Idf = { ...idf, components: [...ours, ...idf.components] };
  const isCdc = link === 'usb_cdc';
  const { chip } = board;
  const { family } = chip;
  const defaults = [
    join(board.folder, 'sdkconfig.defaults'),
    join(port, 'app', 'sdkconfig.firmware'),
    ...(isCdc ? [join(port, 'app', 'sdkconfig.usb_cdc')] : []),
  ];
  const unknownOptions = resolveOptions(own, { out, family, defaults });
  const variables = {
    ANC_BOARD_DIR: board.folder,
    ANC_LINK: link,
    // What idf_component.yml adds to the requirements.
    ADDED: `esp_codec_dev${isCdc ? ';esp_tinyusb;tinyusb' : ''}`,
  };
  const compiled: Record<string, number> = {};
  const skipped: string[] = [];
  const failures: { file: string; text: string }[] = [];
  for (const name of withCore ? ['main', 'anc_core'] : ['main']) {
    const component = evaluateComponent(own, { out, family, name, variables });
    const absent = skippedFiles(board, component, link);
    const sources = component.sources.filter((file) => !absent.has(basename(file)));
    const found = await compileAll(
      chip.compiler,
      compilerFlags(chip, idf, out, component),
      sources,
    );
    failures.push(...found);
    compiled[name] = sources.length - found.length;
    if (name === 'main') skipped.push(...[...absent].map(([file, why]) => `${file}: ${why}`));
  }
  return { compiled, skipped, failures, unknownOptions };
}
