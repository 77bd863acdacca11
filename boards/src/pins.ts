import type { RealBoard } from './board.ts';

/** One use of a pin: what the check, the header, the table and the picture go through. */
export interface PinUse {
  /** As the wiring names it: `i2s.bck`, `mute`, `button.boot`. */
  readonly signal: string;
  readonly path: string;
  readonly gpio: number;
  readonly direction: 'in' | 'out' | 'both' | 'taken';
  readonly what: string;
}

const i2sSignals = [
  ['mclk', 'out', 'I2S master clock'],
  ['bck', 'out', 'I2S bit clock'],
  ['ws', 'out', 'I2S word select'],
  ['dout', 'out', 'I2S data to the loudspeaker'],
  ['din', 'in', 'I2S data of the microphones'],
  ['bckCopy', 'out', 'I2S bit clock, second pin'],
  ['wsCopy', 'out', 'I2S word select, second pin'],
] as const;

export function pinUses(board: RealBoard): readonly PinUse[] {
  const { pins, link } = board;
  const uses: PinUse[] = [];
  const add = (
    signal: string,
    path: string,
    gpio: number,
    direction: PinUse['direction'],
    what: string,
  ) => uses.push({ signal, path, gpio, direction, what });
  for (const [name, direction, what] of i2sSignals) {
    const gpio = pins.i2s[name];
    if (gpio !== undefined) add(`i2s.${name}`, `/pins/i2s/${name}`, gpio, direction, what);
  }
  if (pins.i2c) {
    add('i2c.sda', '/pins/i2c/sda', pins.i2c.sda, 'both', 'I2C data, codec control');
    add('i2c.scl', '/pins/i2c/scl', pins.i2c.scl, 'both', 'I2C clock, codec control');
  }
  if (pins.mute)
    add('mute', '/pins/mute/gpio', pins.mute.gpio, 'out', `mutes while ${pins.mute.active}`);
  if (pins.amplifier) {
    const { gpio, active } = pins.amplifier;
    add('amplifier', '/pins/amplifier/gpio', gpio, 'out', `power amplifier, on while ${active}`);
  }
  pins.buttons.forEach(({ name, gpio }, index) =>
    add(
      `button.${name}`,
      `/pins/buttons/${index}/gpio`,
      gpio,
      'in',
      `button ${name}, low when pressed`,
    ),
  );
  if (pins.led) add('led', '/pins/led/gpio', pins.led.gpio, 'out', `${pins.led.kind} LED`);
  if (link.kind === 'uart') {
    add('link.tx', '/link/tx', link.tx, 'out', `link to ${link.bridge}`);
    add('link.rx', '/link/rx', link.rx, 'in', `link from ${link.bridge}`);
  }
  pins.taken?.forEach(({ gpio, by }, index) =>
    add(`taken.${gpio}`, `/pins/taken/${index}/gpio`, gpio, 'taken', by),
  );
  return uses;
}
