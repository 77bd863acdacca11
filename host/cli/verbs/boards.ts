import {
  type Board,
  boardsFolder,
  budgetOf,
  checkKconfig,
  examinePath,
  type ExaminedFile,
  getBoard,
  isReal,
  loadBoards,
  openIdf,
  parameterTable,
  partitionsOf,
  pinUses,
} from '@anc/boards';
import { Command } from 'commander';
import { exitCodes, result } from '../output.ts';

function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

function latencyText({ latency, sampleRateHz }: Board): string {
  return `${((latency.addedSamples / sampleRateHz) * 1000).toFixed(2)} ms`;
}

function list(): Command {
  return new Command('list')
    .description('every board: chip, converters, added latency, longest filter')
    .action(() => {
      const boards = loadBoards();
      const rows = boards.map((board) => [
        board.id,
        board.chip.family,
        latencyText(board),
        `${board.limits.maxTaps} + ${board.limits.maxSecondaryTaps}`,
        board.usb.ids.join(' ') || '-',
        board.name,
      ]);
      result(boards, () =>
        columns([['board', 'chip', 'latency', 'taps + model', 'USB', 'name'], ...rows]),
      );
    });
}

/** What follows from the file, beside what is in it. */
function derived(board: Board) {
  if (!isReal(board)) return { latencyMs: Number.parseFloat(latencyText(board)) };
  return {
    latencyMs: Number.parseFloat(latencyText(board)),
    pinUses: pinUses(board),
    partitionTable: partitionsOf(board),
    budget: budgetOf(board),
  };
}

function section(title: string, body: string): string {
  return `\n${title}\n${body.replace(/^/gm, '  ')}`;
}

function numbered(steps: readonly string[]): string {
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
}

function boardText(board: Board): string {
  const { chip, codec, latency, limits, recovery } = board;
  const parts = latency.parts.map(({ what, microseconds, basis, source }) => [
    what,
    `${microseconds} µs`,
    basis ?? '',
    source,
  ]);
  const lines = [
    `${board.id}: ${board.name}${board.revision ? `, ${board.revision}` : ''}`,
    columns([
      ['chip', `${chip.family}, ${chip.core}${chip.cpuMhz ? ` at ${chip.cpuMhz} MHz` : ''}`],
      ['converters', `${codec.model}; ${codec.interface}`],
      ['latency', `${latency.addedSamples} samples, ${latencyText(board)}`],
      ['filter', `${limits.maxTaps} taps, model of ${limits.maxSecondaryTaps} taps`],
      ['USB', board.usb.ids.join(' ') || '-'],
    ]),
    section('latency', columns(parts)),
  ];
  if (isReal(board)) {
    const { share, cyclesPerSample, usedCycles } = budgetOf(board);
    const pins = [...pinUses(board)].sort((a, b) => a.gpio - b.gpio);
    const nets = new Map(pins.map((use) => [use.signal, `GPIO${use.gpio}`]));
    const wires = board.wiring.flatMap((part) =>
      Object.entries(part.terminals).map(([terminal, net]) => [
        part.name,
        terminal,
        nets.has(net) ? `${nets.get(net)} (${net})` : net,
      ]),
    );
    const flash = partitionsOf(board).map(({ name, subtype, offset, size }) => [
      name,
      subtype,
      `0x${offset.toString(16)}`,
      `${size / 1024} KiB`,
    ]);
    const used = `${Math.round(usedCycles)} of ${Math.round(cyclesPerSample)} cycles a sample, ${Math.round(share * 100)} % (calculated)`;
    lines.push(
      section('budget of the longest filter', used),
      section('pins', columns(pins.map((use) => [`GPIO${use.gpio}`, use.what]))),
      section('wiring', columns(wires)),
      section('flash', columns(flash)),
    );
  }
  if (recovery) lines.push(section('to ignore the stored settings', numbered(recovery.safeMode)));
  if (recovery?.downloadMode)
    lines.push(section('to enter the loader in the ROM', numbered(recovery.downloadMode)));
  return lines.join('\n');
}

function show(): Command {
  return new Command('show')
    .description('one board: pins, wiring, latency, flash, what to do when it does not answer')
    .argument('<id>')
    .action((id: string) => {
      const board = getBoard(id);
      result({ ...board, derived: derived(board) }, () => boardText(board));
    });
}

function checkText(files: readonly ExaminedFile[]): string {
  const lines = files.flatMap(({ file, findings }) => [
    `${file}: ${findings.length === 0 ? 'no fault' : ''}`.trimEnd(),
    ...findings.flatMap(({ severity, code, path, message, hint }) => [
      `  ${severity}[${code}] ${path}: ${message}`,
      `    hint: ${hint}`,
    ]),
  ]);
  const all = files.flatMap(({ findings }) => findings);
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const errors = all.filter(({ severity }) => severity === 'error').length;
  lines.push(
    '',
    `${count(files.length, 'board')}, ${count(errors, 'error')}, ${count(all.length - errors, 'warning')}`,
  );
  return lines.join('\n');
}

function check(): Command {
  return new Command('check')
    .description('every fault of a board file, a board’s folder, or a folder of boards; 1 if any')
    .argument('[path]', 'default: the boards of this repository')
    .option('--idf <folder>', 'an ESP-IDF: whether it has every option that the boards set')
    .action((path: string | undefined, { idf: folder }: { idf?: string }) => {
      const idf = folder === undefined ? undefined : openIdf(folder);
      const files = examinePath(path ?? boardsFolder(), parameterTable()).map((file) =>
        idf && file.board && isReal(file.board)
          ? { ...file, findings: [...file.findings, ...checkKconfig(file.board, idf)] }
          : file,
      );
      const value = files.map(({ id, file, findings }) => ({ id, file, findings }));
      result(value, () => checkText(files));
      const isFaulty = files.some(({ findings }) => findings.some((f) => f.severity === 'error'));
      if (isFaulty) process.exitCode = exitCodes.failed;
    });
}

export function boards(): Command {
  return new Command('boards')
    .description('the boards that the firmware runs on: what they are, and whether a file is right')
    .addCommand(list())
    .addCommand(show())
    .addCommand(check());
}
