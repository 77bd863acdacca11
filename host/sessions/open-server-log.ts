import type { Config } from './config/index.ts';
import { type Log, type LogLevel, defaultLogOptions, openLog } from './logging/index.ts';

/** The log as the configuration says: JSON lines on standard output, or in rotated files. */
export function openServerLog({ logs, instance }: Config): Log {
  return openLog({
    ...defaultLogOptions,
    level: logs.level as LogLevel,
    folder: logs.folder,
    rotateBytes: logs.maxBytes,
    keepFiles: logs.maxFiles,
    instance,
  });
}
