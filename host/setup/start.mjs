// npm start [-- OPTIONS]: the main job on the virtual headset. Sets up what is missing, starts a virtual headset that
// cancels noise, and serves the panel. Options go to the virtual headset (see docs/virtual-headset.md), but for --port.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fail, root } from './steps.mjs';

/** Options that name files: the user's paths are relative to where npm was called. */
const fileOptions = new Set(['noise', 'paths', 'secondary', 'store', 'record', 'secondary-model']);

function parse(args) {
  const sim = new URLSearchParams();
  const serve = [];
  for (let i = 0; i < args.length; i += 1) {
    const match = /^--([a-z-]+)(?:=(.*))?$/.exec(args[i]);
    if (!match) fail(`unexpected argument '${args[i]}': options look like --noise FILE`, 2);
    const [, name, inline] = match;
    if (name === 'help') {
      process.stdout.write(
        [
          'npm start [-- OPTIONS]: a virtual headset that cancels noise, and its panel.',
          '',
          '  --port N           port of the panel (default 8080, the next free one when taken)',
          '  --noise NAME|FILE  cabin, engine, train, pink, white, sine:HZ or a WAV file (default cabin)',
          '  --paths FILE       measured paths as JSON (default: built-in parametric paths)',
          '  --board ID         virtual-lowlatency (default) or virtual-i2s',
          '',
          'Every other option goes to the virtual headset: docs/virtual-headset.md lists them.',
          '',
        ].join('\n'),
      );
      process.exit(0);
    }
    const value = inline ?? args[(i += 1)];
    if (value === undefined) fail(`--${name} needs a value`, 2);
    if (name === 'port') serve.push('--port', value);
    else sim.append(name, fileOptions.has(name) ? fileValue(value) : value);
  }
  if (!sim.getAll('set').some((setting) => setting.startsWith('mode=')))
    sim.append('set', 'mode=anc');
  return { uri: `sim:?${sim}`, serve };
}

/** Only what looks like a file is made absolute: `cabin` or `sine:440` stay what they are. */
function fileValue(value) {
  const [path, suffix = ''] = value.split(/(?=#)/, 2);
  const isFile = /\.(wav|json|bin)$/i.test(path) || path.includes('/');
  return isFile ? resolve(process.env.INIT_CWD ?? process.cwd(), path) + suffix : value;
}

const { uri, serve } = parse(process.argv.slice(2));
await import('./build.mjs');
const child = spawn(
  process.execPath,
  [join(root, 'host', 'bin', 'anc.mjs'), 'serve', '--device', uri, ...serve],
  { cwd: root, stdio: 'inherit' },
);
// The terminal sends Ctrl-C to the whole group; the tool shuts down by itself and this waits for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
