export type { Board, LatencyPart } from './board.ts';
export { BoardError, type BoardErrorCode } from './errors.ts';
export { boardsFolder, getBoard, loadBoards, parseBoard } from './load.ts';
