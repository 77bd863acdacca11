/** Manifests in the form that esp-web-tools reads, with optional fields of ours: `board` of a build, `size` and `sha256` of a part. */
import { hexNumber, hexOf, sha256 } from './bytes.ts';
import { chipOfFamily } from './chips.ts';
import { FlashError } from './errors.ts';

export interface ManifestPart {
  readonly path: string;
  readonly offset: number;
  readonly size?: number;
  readonly sha256?: string;
}

export interface ManifestBuild {
  readonly chipFamily: string;
  readonly board?: string;
  readonly parts: readonly ManifestPart[];
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly builds: readonly ManifestBuild[];
}

/** Bytes for an address of the flash. */
export interface Part {
  readonly name: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Errors: FLASH_MANIFEST_INVALID. */
export function parseManifest(text: string, what: string): Manifest {
  const invalid = (why: string, cause?: unknown) =>
    new FlashError('FLASH_MANIFEST_INVALID', `${what} ${why}`, { cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(`is no JSON (${(error as Error).message}): it may be truncated`, error);
  }
  if (!isObject(json) || !Array.isArray(json['builds'])) throw invalid('has no list of builds');
  const builds = json['builds'].map((build: unknown, i): ManifestBuild => {
    const at = `build ${i + 1}`;
    if (!isObject(build) || typeof build['chipFamily'] !== 'string')
      throw invalid(`has no chipFamily in ${at}`);
    if (build['board'] !== undefined && typeof build['board'] !== 'string')
      throw invalid(`has a board in ${at} that is no text`);
    if (!Array.isArray(build['parts']) || build['parts'].length === 0)
      throw invalid(`has no parts in ${at}`);
    const parts = build['parts'].map((part: unknown, j): ManifestPart => {
      const { path, offset, size, sha256: hash } = isObject(part) ? part : ({} as Json);
      if (typeof path !== 'string' || path === '')
        throw invalid(`has no path in part ${j + 1} of ${at}`);
      if (!Number.isSafeInteger(offset) || (offset as number) < 0)
        throw invalid(`has the offset ${JSON.stringify(offset)} for ${path} in ${at}`);
      if (size !== undefined && !Number.isSafeInteger(size))
        throw invalid(`has the size ${JSON.stringify(size)} for ${path} in ${at}`);
      if (hash !== undefined && !(typeof hash === 'string' && /^[0-9a-f]{64}$/i.test(hash)))
        throw invalid(`has a sha256 for ${path} in ${at} that is no SHA-256`);
      return part as ManifestPart;
    });
    return { ...(build as unknown as ManifestBuild), parts };
  });
  const { name = '', version = '' } = json;
  if (typeof name !== 'string' || typeof version !== 'string')
    throw invalid('has a name or a version that is no text');
  return { name, version, builds };
}

/** Errors: FLASH_CHIP_WRONG, FLASH_BOARD_WRONG, FLASH_BOARD_OPEN. */
export function chooseBuild(
  manifest: Manifest,
  family: string,
  board: string | undefined,
): ManifestBuild {
  const forChip = manifest.builds.filter(
    ({ chipFamily }) => chipOfFamily(chipFamily)?.family === family,
  );
  if (forChip.length === 0) {
    const families = manifest.builds.map(({ chipFamily }) => chipFamily).join(', ');
    throw new FlashError(
      'FLASH_CHIP_WRONG',
      `the headset has an ${family}; '${manifest.name}' is for ${families}`,
    );
  }
  const names = [...new Set(forChip.map((build) => build.board ?? '(any board)'))].join(', ');
  const matching = board
    ? forChip.filter((build) => build.board === undefined || build.board === board)
    : forChip;
  const exact = matching.find((build) => build.board === board) ?? matching[0];
  if (!exact)
    throw new FlashError(
      'FLASH_BOARD_WRONG',
      `the headset is a ${board}; '${manifest.name}' is for ${names}`,
    );
  if (!board && matching.length > 1)
    throw new FlashError(
      'FLASH_BOARD_OPEN',
      `'${manifest.name}' has several boards with an ${family}: ${names}`,
    );
  return exact;
}

/** Reads and checks the files of a build. Errors: FLASH_MANIFEST_INVALID, those of `read`. */
export async function loadParts(
  build: ManifestBuild,
  read: (path: string) => Promise<Uint8Array>,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { path, offset, size, sha256: wanted } of build.parts) {
    const bytes = await read(path);
    if (bytes.length === 0 || (size !== undefined && bytes.length !== size))
      throw new FlashError(
        'FLASH_MANIFEST_INVALID',
        `${path} has ${bytes.length} bytes, the manifest says ${size ?? 'more'}`,
      );
    const hash = hexOf(await sha256(bytes));
    if (wanted !== undefined && hash !== wanted.toLowerCase())
      throw new FlashError(
        'FLASH_MANIFEST_INVALID',
        `${path} has the SHA-256 ${hash}, the manifest says ${wanted}`,
      );
    parts.push({ name: path, offset, bytes });
  }
  parts.sort((a, b) => a.offset - b.offset);
  parts.forEach((part, i) => {
    const before = parts[i - 1];
    if (before && before.offset + before.bytes.length > part.offset)
      throw new FlashError(
        'FLASH_MANIFEST_INVALID',
        `${before.name} reaches beyond ${hexNumber(part.offset)}, where ${part.name} begins`,
      );
  });
  return parts;
}
