import type { RealBoard } from './board.ts';
import { chipOf } from './chips.ts';
import { finding, type Finding } from './errors.ts';
import { pinUses, type PinUse } from './pins.ts';

/** What the chip cannot do with a pin, or what the board has given away already. */
export function checkPins(board: RealBoard): readonly Finding[] {
  const uses = pinUses(board);
  const findings = uses.flatMap((use) => checkPin(board, use));
  const first = new Map<number, PinUse>();
  for (const use of uses) {
    const other = first.get(use.gpio);
    if (!other) {
      first.set(use.gpio, use);
      continue;
    }
    const message = `GPIO${use.gpio} is ${use.what}, and ${other.what} (${other.path}), too`;
    findings.push(finding('BOARD_PIN_TWICE', use.path, message));
  }
  board.pins.strapping?.forEach(({ gpio }, index) => {
    const path = `/pins/strapping/${index}/gpio`;
    const { name, strapping } = chipOf(board.chip.family);
    if (!strapping.has(gpio))
      findings.push(
        finding('BOARD_STRAPPING_UNUSED', path, `GPIO${gpio} is no strapping pin of the ${name}`),
      );
    else if (!first.has(gpio))
      findings.push(
        finding('BOARD_STRAPPING_UNUSED', path, `GPIO${gpio} is not used by this board`),
      );
  });
  return findings;
}

function checkPin(board: RealBoard, use: PinUse): Finding[] {
  const { gpio, path } = use;
  const chip = chipOf(board.chip.family);
  if (!chip.gpios.has(gpio))
    return [finding('BOARD_PIN_ABSENT', path, `the ${chip.name} has no GPIO${gpio}`)];
  if (use.direction === 'taken') return [];
  const found: Finding[] = [];
  const add = (...args: Parameters<typeof finding>) => found.push(finding(...args));
  if (use.direction !== 'in' && chip.inputOnly.has(gpio))
    add(
      'BOARD_PIN_INPUT_ONLY',
      path,
      `GPIO${gpio} of the ${chip.name} is an input, no ${use.what}`,
    );
  if (chip.flash.has(gpio))
    add('BOARD_PIN_FLASH', path, `GPIO${gpio} of the ${chip.name} belongs to the flash`);
  if (board.memory.psramMode === 'octal' && chip.octal.has(gpio))
    add('BOARD_PIN_PSRAM', path, `GPIO${gpio} of the ${chip.name} belongs to the octal PSRAM`);
  if (board.link.kind !== 'uart' && chip.usbSerialJtag.has(gpio))
    add('BOARD_PIN_USB', path, `GPIO${gpio} of the ${chip.name} is a USB line of the link`);
  if (use.signal === 'i2s.mclk' && chip.mclk && !chip.mclk.has(gpio)) {
    const able = [...chip.mclk].join(', ');
    add(
      'BOARD_PIN_MCLK',
      path,
      `the ${chip.name} has its master clock on GPIO ${able}, not ${gpio}`,
    );
  }
  const isBoot = use.signal === 'button.boot';
  const isKnown = board.pins.strapping?.some((pin) => pin.gpio === gpio) ?? false;
  if (chip.strapping.has(gpio) && !isBoot && !isKnown) {
    const message = `GPIO${gpio} of the ${chip.name} is a strapping pin, here ${use.what}`;
    add('BOARD_PIN_STRAPPING', path, message, 'warning');
  }
  return found;
}
