/** Which slot starts: two sectors, each with one entry of ESP-IDF's esp_ota_select_entry_t. */
import { crc32 } from '@anc/link';
import { viewOf } from './bytes.ts';
import { sectorBytes } from './chips.ts';

const entryBytes = 32;
const states = { new: 0, invalid: 3, aborted: 4 } as const;

interface Entry {
  readonly sequence: number;
  readonly state: number;
}

/** esp_rom_crc32_le(UINT32_MAX, …): CRC-32 started at zero instead of at all ones. */
function sequenceCrc(sequence: number): number {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, sequence, true);
  // Four leading bytes of ones turn the usual start value into zero.
  return crc32(Uint8Array.of(0xff, 0xff, 0xff, 0xff, ...bytes));
}

function entryAt(bytes: Uint8Array, copy: number): Entry | null {
  const view = viewOf(bytes.subarray(copy * sectorBytes, copy * sectorBytes + entryBytes));
  if (view.byteLength < entryBytes) return null;
  const [sequence, state, crc] = [0, 24, 28].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  if (sequence === 0xffffffff || sequence === 0 || crc !== sequenceCrc(sequence)) return null;
  return { sequence, state };
}

function isBootable({ state }: Entry): boolean {
  return state !== states.invalid && state !== states.aborted;
}

export interface Selection {
  /** Number of the OTA slot; null when nothing is selected: the factory app, else slot 0. */
  readonly slot: number | null;
  /** The copy that is not in force, which may be overwritten at any time. */
  readonly idleCopy: 0 | 1;
  readonly highest: number;
}

/** As the boot loader reads it: the copy with the higher sequence among those that are whole and not rejected. */
export function readSelection(bytes: Uint8Array, slotCount: number): Selection {
  const copies = [entryAt(bytes, 0), entryAt(bytes, 1)] as const;
  const highest = Math.max(0, ...copies.map((entry) => entry?.sequence ?? 0));
  const usable = copies.map((entry) => (entry && isBootable(entry) ? entry.sequence : 0));
  const active = usable[1]! > usable[0]! ? 1 : 0;
  if (usable[active] === 0)
    return { slot: null, idleCopy: copies[0] && !copies[1] ? 1 : 0, highest };
  return {
    slot: slotCount > 0 ? (usable[active]! - 1) % slotCount : null,
    idleCopy: active === 0 ? 1 : 0,
    highest,
  };
}

/** One sector that selects `slot`. Its state is "new": a boot loader with roll-back goes back unless the firmware confirms. */
export function selectionSector(slot: number, slotCount: number, highest: number): Uint8Array {
  let sequence = slot + 1;
  while (sequence <= highest) sequence += slotCount;
  const sector = new Uint8Array(sectorBytes).fill(0xff);
  const view = viewOf(sector);
  view.setUint32(0, sequence, true);
  view.setUint32(24, states.new, true);
  view.setUint32(28, sequenceCrc(sequence), true);
  return sector;
}
