import type { Board } from '@anc/boards';
import { type Chip, chipOfFamily } from '../chips.ts';
import { FlashError } from '../errors.ts';

/** Errors: FLASH_BOARD_WRONG, when the board has another chip than the one that answered. */
export function checkBoardChip(board: Board | null, chip: Chip): void {
  if (!board || chipOfFamily(board.chip.family) === chip) return;
  throw new FlashError(
    'FLASH_BOARD_WRONG',
    `the headset has an ${chip.family}; a ${board.id} has ${board.chip.family}`,
  );
}

/** How to get this board into its loader by hand. */
export function recoveryOf(board: Board | null): string | undefined {
  const { recovery } = (board ?? {}) as { recovery?: { downloadMode?: readonly string[] } };
  return recovery?.downloadMode?.join(' ');
}
