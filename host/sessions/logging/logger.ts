import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { Writable } from 'node:stream';
import {
  type Bindings,
  type ChildLoggerOptions,
  destination,
  type Logger as PinoLogger,
  pino,
  stdSerializers,
} from 'pino';
import { createStream } from 'rotating-file-stream';
import { redactLine, redactObject } from './redact.ts';

/** Child loggers carry what a line belongs to: `requestId`, `sessionId`, `job`, `jobId`, `part`. */
export type Logger = PinoLogger;

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** null: standard output */
  readonly folder: string | null;
  /** a file that grows beyond this is closed and compressed */
  readonly rotateBytes: number;
  /** and at the latest after this, in the notation of rotating-file-stream: `1d`, `6h`, `30m`, `10s` */
  readonly rotateEvery: string;
  /** compressed files that are kept */
  readonly keepFiles: number;
  /** on every line: which of several instances it is */
  readonly instance?: string;
}

export const defaultLogOptions: LogOptions = {
  level: 'info',
  folder: null,
  rotateBytes: 20 * 2 ** 20,
  rotateEvery: '1d',
  keepFiles: 14,
};

export interface Log {
  readonly logger: Logger;
  /** Writes what waits and closes the file; the last thing that a server does. */
  close(): Promise<void>;
}

export const logFileName = 'sessions.log';

/** One JSON object a line. @throws when the folder cannot be made */
export function openLog(options: LogOptions): Log {
  if (options.folder === null) {
    const stdout = destination({ dest: 1, sync: false });
    return {
      logger: createLogger(options, stdout),
      close: () =>
        new Promise<void>((resolve, reject) => {
          stdout.flush((error) => (error ? reject(error) : resolve()));
        }),
    };
  }
  mkdirSync(options.folder, { recursive: true });
  const file = createStream(logFileName, {
    path: options.folder,
    size: `${options.rotateBytes}B`,
    interval: options.rotateEvery,
    maxFiles: options.keepFiles,
    compress: 'gzip',
    intervalUTC: true,
    mode: 0o640,
  });
  // a full disk costs lines, never the process
  file.on('error', () => {});
  return {
    logger: createLogger(options, file),
    async close() {
      file.end();
      if (!file.closed) await once(file, 'close');
    },
  };
}

/** The same on any stream. */
export function createLogger(
  { level, instance }: Pick<LogOptions, 'level' | 'instance'>,
  stream: Pick<Writable, 'write'>,
): Logger {
  const logger = pino(
    {
      level,
      base: instance === undefined ? { pid: process.pid } : { pid: process.pid, instance },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: redactObject,
      },
      serializers: { err: (error: Error) => redactObject({ ...stdSerializers.err(error) }) },
      hooks: { streamWrite: redactLine },
    },
    stream as Writable,
  );
  // Of the formatters, children inherit only `log`; through the prototype they inherit this.
  const { child } = logger;
  return Object.assign(logger, {
    child(this: Logger, bindings: Bindings, childOptions?: ChildLoggerOptions): Logger {
      return Reflect.apply(child, this, [redactObject(bindings), childOptions]) as Logger;
    },
  });
}

/** For parts under test and programs that have no log. */
export const silentLogger: Logger = pino({ level: 'silent' });
