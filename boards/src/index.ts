export type { Board, ChipFamily, Family, LatencyPart, Link, RealBoard, Recovery } from './board.ts';
export { budgetOf, type Budget } from './budget.ts';
export { chipOf, isReal, type Chip } from './chips.ts';
export { BoardError, type BoardErrorCode, type Finding } from './errors.ts';
export { checkKconfig, openIdf } from './kconfig.ts';
export {
  boardsFolder,
  examineBoard,
  examinePath,
  type ExaminedFile,
  getBoard,
  loadBoards,
  parameterTable,
  parseBoard,
} from './load.ts';
export { partitionsOf, type Partition } from './partitions.ts';
export { pinUses, type PinUse } from './pins.ts';
export { presetFile, presetNames, type PresetName } from './presets.ts';
