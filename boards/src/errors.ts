export type BoardErrorCode = 'BOARD_UNKNOWN' | 'BOARD_UNREADABLE' | 'BOARD_INVALID';

const hints: Record<BoardErrorCode, string> = {
  BOARD_UNKNOWN: 'Take one of the ids listed, or add a folder with a board.yaml.',
  BOARD_UNREADABLE: 'Each folder of boards/ holds one board.yaml in YAML 1.2.',
  BOARD_INVALID: 'boards/board.schema.json says what a board file holds.',
};

/** `message` names the file and the actual values; `code` is stable. */
export class BoardError extends Error {
  readonly code: BoardErrorCode;
  readonly hint: string;

  constructor(code: BoardErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'BoardError';
    this.code = code;
    this.hint = hints[code];
  }
}
