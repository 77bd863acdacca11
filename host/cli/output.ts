/** The only place that prints. Results go to standard output, everything else to standard error. */
import { asAncError } from '@anc/link';

export const exitCodes = {
  ok: 0,
  failed: 1,
  badInput: 2,
  noDevice: 3,
  notAvailable: 4,
  refused: 5,
  interrupted: 130,
} as const;

let json = false;

export function useJson(on: boolean): void {
  json = on;
}

export function isJson(): boolean {
  return json;
}

/** One result: `text` for people, or the value as JSON. */
export function result(value: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text()}\n`);
}

/** A line of a stream of results. */
export function line(value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}

/** Something worth knowing beside the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Replaces itself in a terminal; elsewhere nothing. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

const badInput = new Set([
  'UNKNOWN_PARAMETER',
  'PARAMETER_OUT_OF_RANGE',
  'PARAMETER_TYPE',
  'UNKNOWN_MESSAGE',
  'UNKNOWN_FIELD',
  'CAPTURE_INVALID',
  'FRAME_INVALID',
  'BODY_INVALID',
  'USAGE',
  'DEVICE_URI_INVALID',
  'DEVICE_SEVERAL',
  'FILE_UNREADABLE',
  'FILE_INVALID',
  'OPTION_INVALID',
  'CORE_OPTION_INVALID',
  'ALGORITHM_INVALID',
  'FILE_UNWRITABLE',
  'PORT_IN_USE',
  'UPDATE_IMAGE_INVALID',
  'UPDATE_WRONG_CHIP',
  'UPDATE_WRONG_BOARD',
  'UPDATE_TOO_LARGE',
  'FLASH_IMAGE_INVALID',
  'FLASH_MANIFEST_INVALID',
  'FLASH_CHIP_WRONG',
  'FLASH_BOARD_WRONG',
  'FLASH_BOARD_OPEN',
]);
const badInputFamilies =
  /^(WAV|PATH|PROFILE|NOISE|BOARD|SETTING|SIMULAT(E|ION)|BOUND|CANCEL|EXCITATION|CONFIG|SECRET|TLS)_/;

const refused = new Set(['UPDATE_UNSUPPORTED', 'UPDATE_ON_TRIAL', 'UPDATE_NO_OTHER']);

const noDevice = new Set([
  'DEVICE_NONE',
  'DEVICE_NOT_FOUND',
  'FLASH_NO_ANSWER',
  'FLASH_NOT_BACK',
  'RECOVER_NO_ANSWER',
]);

export function exitCodeOf(code: string): number {
  if (badInput.has(code) || badInputFamilies.test(code)) return exitCodes.badInput;
  if (noDevice.has(code)) return exitCodes.noDevice;
  if (code === 'DEVICE_BUSY' || code === 'DEVICE_NO_PERMISSION') return exitCodes.notAvailable;
  if (code === 'INTERRUPTED') return exitCodes.interrupted;
  return /^(DEVICE|TUNE)_/.test(code) || refused.has(code) ? exitCodes.refused : exitCodes.failed;
}

/** Says what went wrong and returns the exit code for it. */
export function report(error: unknown): number {
  const { code, message, hint, stack, cause } = asAncError(error);
  endProgress();
  if (json)
    process.stderr.write(`${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`);
  else {
    process.stderr.write(`error[${code}]: ${message}\n`);
    if (hint) process.stderr.write(`hint: ${hint}\n`);
    // A fault of ours, not of the input: where it happened helps whoever mends it.
    if (code === 'INTERNAL')
      process.stderr.write(`${(cause as Error | undefined)?.stack ?? stack}\n`);
  }
  return exitCodeOf(code);
}
