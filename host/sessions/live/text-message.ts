import { z } from 'zod';
import {
  type ClientMessage,
  type SessionSettings,
  checkSettings,
  liveSettings,
} from '../protocol/index.ts';
import { ownSettingNames } from './compat.ts';

/** What a client is told that it did wrong; `code` is stable. */
export class MessageError extends Error {
  readonly code: string;
  readonly hint: string | null;

  constructor(code: string, message: string, hint: string | null = null) {
    super(message);
    this.name = 'MessageError';
    this.code = code;
    this.hint = hint;
  }
}

const shape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('settings'), settings: z.record(z.string(), z.unknown()) }),
  z.strictObject({ type: z.literal('ping'), clientMs: z.number() }),
  z.object({
    type: z.literal('audio_chunk'),
    audio_data: z.string().min(1),
    sequence: z.int().min(0).max(0xffffffff).optional(),
    timestamp: z.number().optional(),
  }),
  z.strictObject({ type: z.literal('end') }),
]);

/** @throws MessageError MESSAGE_NOT_JSON, MESSAGE_INVALID */
export function parseMessage(text: string): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MessageError(
      'MESSAGE_NOT_JSON',
      `a text message of ${text.length} characters is no JSON`,
    );
  }
  const { success, data, error } = shape.safeParse(value);
  if (!success) {
    const [issue] = error.issues;
    const where = issue?.path.length ? issue.path.join('.') : 'message';
    throw new MessageError(
      'MESSAGE_INVALID',
      `${where}: ${issue?.message ?? 'not known'}`,
      'Messages are settings, ping, audio_chunk and end.',
    );
  }
  return data as ClientMessage;
}

/**
 * The settings of a running session after a client or its owner wished for others.
 * @param wish under this project’s names or those of `compat.ts`
 * @throws MessageError SETTING_UNKNOWN, SETTING_FIXED, SETTING_INVALID
 */
export function changedSettings(
  settings: SessionSettings,
  wish: Readonly<Record<string, unknown>>,
): SessionSettings {
  const changes = ownSettingNames(wish);
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(settings, name))
      throw new MessageError('SETTING_UNKNOWN', `there is no setting ${name.slice(0, 40)}`);
    const isLive = (liveSettings as readonly string[]).includes(name);
    if (!isLive && value !== settings[name as keyof SessionSettings])
      throw new MessageError(
        'SETTING_FIXED',
        `${name} of a running session cannot change`,
        `Open a new session for another ${name}; ${liveSettings.join(', ')} can change.`,
      );
  }
  const changed = { ...settings, ...changes } as SessionSettings;
  const problem = checkSettings(changed);
  if (problem) throw new MessageError(problem.code, problem.message, problem.hint);
  return changed;
}
