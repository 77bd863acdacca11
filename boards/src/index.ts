export type { Board, ChipFamily, Family, LatencyPart, Link, RealBoard, Recovery } from './board.ts';
export { budgetOf, type Budget } from './budget.ts';
export { chipOf, isReal, type Chip } from './chips.ts';
export { BoardError, type BoardErrorCode, type Finding } from './errors.ts';
export { boardsFolder, examineBoard, getBoard, loadBoards, parseBoard } from './load.ts';
export { partitionsOf, type Partition } from './partitions.ts';
export { pinUses, type PinUse } from './pins.ts';
