import type { ParameterDescription } from '@anc/link';
import { Command } from 'commander';
import type { Device, ParameterState } from '../../device/index.ts';
import { note, result } from '../output.ts';
import { type DeviceOptions, useDevice, withDevice } from '../session.ts';

function rangeOf(parameter: ParameterDescription): string {
  if (parameter.type === 'bool') return 'true, false';
  if (parameter.type === 'enum') return parameter.values.join(', ');
  return `${parameter.min}..${parameter.max}`;
}

function unitOf({ unit }: ParameterDescription): string {
  return unit && unit !== '1' ? unit : '';
}

function listText(device: Device, states: readonly ParameterState[]): string {
  const rows = states.map((state) => {
    const parameter = device.dictionary.byName(state.name);
    const isDirty = parameter.persistent && state.value !== state.stored;
    return [
      `${isDirty ? '*' : ' '} ${state.name}`,
      String(state.value),
      unitOf(parameter),
      parameter.persistent ? String(state.stored) : '-',
      String(state.default),
      rangeOf(parameter),
    ];
  });
  const table = [['  parameter', 'value', 'unit', 'stored', 'default', 'range'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const text = table.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  const isDirty = rows.some(([name]) => name!.startsWith('*'));
  return [
    ...text,
    ...(isDirty ? ['', '* differs from what is stored: `anc params store` keeps it.'] : []),
  ].join('\n');
}

function verb(name: string, description: string): Command {
  return withDevice(new Command(name).description(description));
}

function list(): Command {
  return verb('list', 'every parameter: value, stored, default, range').action(
    (options: DeviceOptions) =>
      useDevice(options, async (device) => {
        const states = await device.listParameters();
        const full = states.map((state) => ({ ...device.dictionary.byName(state.name), ...state }));
        result(full, () => listText(device, states));
      }),
  );
}

function get(): Command {
  return verb('get', 'one parameter with its help')
    .argument('<name>')
    .action((name: string, options: DeviceOptions) =>
      useDevice(options, async (device) => {
        const state = await device.getParameter(name);
        const parameter = device.dictionary.byName(name);
        result({ ...parameter, ...state }, () =>
          [
            `${state.name} = ${String(state.value)} ${unitOf(parameter)}`.trimEnd(),
            `stored ${String(state.stored)}, default ${String(state.default)}, range ${rangeOf(parameter)}, step ${parameter.step}`,
            parameter.help,
          ].join('\n'),
        );
      }),
    );
}

function set(): Command {
  return verb('set', 'set a parameter; it takes effect at once and is not stored')
    .argument('<name>')
    .argument('<value>')
    .action((name: string, value: string, options: DeviceOptions) =>
      useDevice(options, async (device) => {
        const taken = await device.setParameter(name, value);
        if (String(taken) !== value && Number(value) !== taken && typeof taken === 'number')
          note(`${name}: ${value} was rounded to the step: ${taken}`);
        result({ name, value: taken }, () => `${name} = ${String(taken)}`);
      }),
    );
}

function store(): Command {
  return verb(
    'store',
    'store all values in the headset, after a backup; read back and compared',
  ).action((options: DeviceOptions) =>
    useDevice(options, async (device) => {
      const { storeWithBackup } = await import('../../device/index.ts');
      const { count, backup } = await storeWithBackup(device);
      note(`what was stored before: ${backup}`);
      result({ stored: count, backup }, () => `${count} parameters stored, read back and compared`);
    }),
  );
}

function restore(name: 'revert' | 'reset', description: string): Command {
  return verb(name, description)
    .argument('[names...]', 'default: every one that is stored')
    .action((names: string[], options: DeviceOptions) =>
      useDevice(options, async (device) => {
        const count =
          name === 'revert'
            ? await device.revertParameters(names)
            : await device.resetParameters(names);
        result(
          { [name]: count },
          () => `${count} parameters ${name === 'revert' ? 'as stored' : 'at their default'}`,
        );
      }),
    );
}

function backup(): Command {
  return verb('export', 'write all stored parameters and their present values to a JSON file')
    .argument('<file>')
    .action((file: string, options: DeviceOptions) =>
      useDevice(options, async (device) => {
        const { readSettings, writeBackup } = await import('../../device/index.ts');
        const settings = await readSettings(device, 'value');
        const count = Object.keys(settings.parameters).length;
        await writeBackup(file, settings);
        result({ file, count }, () => `${count} parameters written to ${file}`);
      }),
    );
}

function bring(): Command {
  return verb('import', 'set parameters from a file made by export, after showing what differs')
    .argument('<file>')
    .option('--dry-run', 'only show what would change')
    .action(async (file: string, options: DeviceOptions & { dryRun?: boolean }) => {
      const { applySettings, backUp, readBackup } = await import('../../device/index.ts');
      const settings = await readBackup(file);
      const dryRun = options.dryRun ?? false;
      await useDevice(options, async (device) => {
        // A wrong file is said before anything is written.
        const changes = await applySettings(device, settings, { dryRun: true });
        if (!dryRun && changes.length > 0) {
          note(`backup: ${await backUp(device, 'value', 'What ran before an import.')}`);
          await applySettings(device, settings);
        }
        result({ changed: !dryRun, changes }, () =>
          changes.length === 0
            ? 'nothing differs'
            : [
                ...changes.map(({ name, from, to }) => `${name}: ${String(from)} → ${String(to)}`),
                dryRun ? 'nothing was set' : '`anc params store` keeps them',
              ].join('\n'),
        );
      });
    });
}

export function params(): Command {
  const command = new Command('params').description('read and change parameters');
  for (const sub of [
    list(),
    get(),
    set(),
    store(),
    restore('revert', 'back to the stored values'),
    restore('reset', 'back to the defaults'),
    backup(),
    bring(),
  ])
    command.addCommand(sub);
  return command;
}
