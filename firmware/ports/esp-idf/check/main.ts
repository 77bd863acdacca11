/**
 * npm run bench -- esp-idf [--idf PATH] [--components FOLDER] [BOARD …]: compiles every source of the ESP-IDF app and of
 * the core against the real headers of an ESP-IDF checkout. PATH is IDF_PATH when it is not given, FOLDER (with
 * esp_codec_dev, esp_tinyusb, tinyusb) ANC_IDF_COMPONENTS.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileBoard, readBoards, unsupported } from './compile.ts';
import { CheckError } from './errors.ts';
import { componentsIn, missingTool, openIdf } from './idf.ts';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { idf: { type: 'string' }, components: { type: 'string' } },
    allowPositionals: true,
  });
  const path = values.idf ?? process.env['IDF_PATH'];
  if (path === undefined) {
    process.stdout.write('skipped: no ESP-IDF. Set IDF_PATH, or give --idf PATH.\n');
    return 0;
  }
  const missing = missingTool();
  if (missing !== null) throw new CheckError('TOOL_MISSING', missing, 'Install it and try again.');
  const idf = openIdf(path, componentsIn(values.components ?? process.env['ANC_IDF_COMPONENTS']));
  process.stdout.write(`ESP-IDF ${idf.version}\n`);
  const out = mkdtempSync(join(tmpdir(), 'anc-idf-'));
  const chipsDone = new Set<string>();
  let failed = 0;
  try {
    for (const board of readBoards(positionals)) {
      const reason = unsupported(idf, board);
      if (reason !== null) {
        process.stdout.write(`${board.id}: skipped, ${reason}\n`);
        continue;
      }
      const { family } = board.chip;
      const links = [
        board.link,
        ...(/s3|p4/.test(family) && !chipsDone.has(family) ? ['usb_cdc'] : []),
      ];
      for (const link of links) {
        const withCore = !chipsDone.has(family);
        chipsDone.add(family);
        const report = await compileBoard(idf, board, {
          out: join(out, `${board.id}-${link}`),
          link,
          withCore,
        });
        failed += report.failures.length;
        const counts = Object.entries(report.compiled).map(
          ([name, count]) => `${count} files of ${name}`,
        );
        process.stdout.write(`${board.id}, ${link}: ${counts.join(', ')}\n`);
        for (const line of report.skipped) process.stdout.write(`  not compiled: ${line}\n`);
        if (report.unknownOptions.length > 0)
          process.stdout.write(
            `  options this release does not know: ${report.unknownOptions.join(', ')}\n`,
          );
        for (const { file, text } of report.failures) process.stdout.write(`  ${file}\n${text}\n`);
      }
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  process.stdout.write(failed === 0 ? 'no warning\n' : `${failed} files with warnings or errors\n`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CheckError)) throw error;
  process.stderr.write(`${error.code}: ${error.message} (hint: ${error.hint})\n`);
  process.exitCode = 2;
}
