import { readFile, writeFile } from 'node:fs/promises';
import { AncError } from '@anc/link';
import { Command } from 'commander';
import { result } from '../output.ts';

interface MakeOptions {
  chip: string;
  board?: string;
  firmwareVersion: string;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read ${file}: ${error.message}`);
  });
}

function show(): Command {
  return new Command('show')
    .description('chip, board and version of a firmware image, after checking it')
    .argument('<file>')
    .action(async (file: string) => {
      const { readImage } = await import('../../device/index.ts');
      const { bytes, sha256, chip, board, version } = readImage(await bytesOf(file));
      const hash = Buffer.from(sha256).toString('hex');
      result({ chip, board, version, bytes: bytes.length, sha256: hash }, () =>
        [
          `version  ${version}`,
          `chip     ${chip}`,
          `board    ${board || 'any of the chip, as far as the image says'}`,
          `size     ${bytes.length} bytes`,
          `SHA-256  ${hash}`,
        ].join('\n'),
      );
    });
}

function make(): Command {
  return new Command('make')
    .description(
      'an image for headsets that have no format of their own: virtual and emulated ones',
    )
    .argument('<program>', 'what the image holds')
    .argument('<file>', 'where it goes')
    .requiredOption('--firmware-version <version>')
    .option('--chip <family>', 'chip family', 'virtual')
    .option('--board <id>', 'default: any board of the chip')
    .action(async (program: string, file: string, options: MakeOptions) => {
      const { makeImage } = await import('../../device/index.ts');
      const payload = await bytesOf(program);
      const { chip, board = '', firmwareVersion: version } = options;
      const bytes = makeImage({ chip, board, version, payload });
      await writeFile(file, bytes).catch((error: Error) => {
        throw new AncError('FILE_UNWRITABLE', `cannot write ${file}: ${error.message}`);
      });
      result({ file, bytes: bytes.length }, () => `${bytes.length} bytes written to ${file}`);
    });
}

export function image(): Command {
  return new Command('image')
    .description('firmware images for `anc update`')
    .addCommand(show())
    .addCommand(make());
}
