import type { RealBoard, WiredPart } from './board.ts';
import { finding, type Finding } from './errors.ts';
import { pinUses } from './pins.ts';

export const supplies: ReadonlySet<string> = new Set(['3V3', '5V', 'GND']);

/** Each terminal must end somewhere, and each line of the audio path at something. */
export function checkWiring(board: RealBoard): readonly Finding[] {
  const found: Finding[] = [];
  const signals = new Map(pinUses(board).map((use) => [use.signal, use]));
  const ids = board.wiring.map((part) => part.id);
  const used = new Set<string>();
  board.wiring.forEach((part, index) => {
    for (const [terminal, net] of Object.entries(part.terminals)) {
      used.add(net);
      if (supplies.has(net) || signals.has(net) || isOutput(net, ids)) continue;
      const path = `/wiring/${index}/terminals/${terminal.replaceAll('/', '~1')}`;
      const message = `${part.id}.${terminal} goes to '${net}', which is nowhere`;
      found.push(finding('BOARD_WIRING', path, message));
    }
  });
  for (const [signal, use] of signals) {
    if (!/^(i2s|i2c|mute$|amplifier$)/.test(signal) || used.has(signal)) continue;
    found.push(finding('BOARD_WIRING', use.path, `no part is wired to ${signal}`));
  }
  const kinds: readonly WiredPart['kind'][] = [
    'reference-microphone',
    'error-microphone',
    'loudspeaker',
  ];
  for (const kind of kinds) {
    const count = board.wiring.filter((part) => part.kind === kind).length;
    if (count === 1) continue;
    found.push(finding('BOARD_WIRING', '/wiring', `${count} parts are of kind ${kind}, not one`));
  }
  ids.forEach((id, index) => {
    const path = `/wiring/${index}/id`;
    if (ids.indexOf(id) !== index)
      found.push(finding('BOARD_WIRING', path, `'${id}' is there twice`));
    if ([...signals.keys()].some((signal) => signal.startsWith(`${id}.`)))
      found.push(finding('BOARD_WIRING', path, `'${id}' is a group of signals, no part`));
  });
  return found;
}

/** A net that starts at a part is named by it: `dac.OUTL`. */
export function isOutput(net: string, ids: readonly string[]): boolean {
  const [id = '', terminal = ''] = net.split('.', 2);
  return ids.includes(id) && terminal !== '';
}
