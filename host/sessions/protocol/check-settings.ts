import { type SessionSettings, algorithms, chunkSamples, settingLimits } from './settings.ts';

export interface SettingsProblem {
  readonly code: 'SETTING_INVALID';
  readonly setting: keyof SessionSettings;
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with settings, as whole; null when a session can have them. */
export function checkSettings(settings: SessionSettings): SettingsProblem | null {
  const problem = (setting: keyof SessionSettings, hint: string): SettingsProblem => ({
    code: 'SETTING_INVALID',
    setting,
    message: `${setting} ${JSON.stringify(settings[setting])} is not possible with ${settings.algorithm} on ${settings.channels} channel(s).`,
    hint,
  });
  for (const [name, { min, max }] of Object.entries(settingLimits)) {
    const setting = name as keyof typeof settingLimits;
    const value: unknown = settings[setting];
    if (typeof value !== 'number' || !(value >= min && value <= max))
      return problem(setting, `${setting} is a number from ${min} to ${max}.`);
  }
  for (const setting of ['taps', 'bufferSize', 'delay'] as const)
    if (!Number.isInteger(settings[setting])) return problem(setting, `${setting} is whole.`);
  const { algorithm, channels, sampleFormat, bypassMl, taps } = settings;
  if (!algorithms.includes(algorithm))
    return problem('algorithm', `algorithm is ${algorithms.join(', ')}.`);
  if (channels !== 1 && channels !== 2) return problem('channels', 'channels is 1 or 2.');
  if (sampleFormat !== 'int16' && sampleFormat !== 'float32')
    return problem('sampleFormat', 'sampleFormat is int16 or float32.');
  if (typeof bypassMl !== 'boolean') return problem('bypassMl', 'bypassMl is true or false.');
  const isFixedPoint = algorithm === 'nlms-q31' || algorithm === 'nlms-q15';
  if (isFixedPoint && channels === 1)
    return problem('algorithm', 'One channel takes fdaf or nlms.');
  const step = algorithm === 'fdaf' ? chunkSamples : 16;
  const most = isFixedPoint ? 1024 : settingLimits.taps.max;
  if (taps % step !== 0 || taps > most)
    return problem('taps', `taps of ${algorithm} is a multiple of ${step}, at most ${most}.`);
  return null;
}

/** What the canceller can do with these channels, for people. */
export function abilityOf({
  channels,
  delay,
}: Pick<SessionSettings, 'channels' | 'delay'>): string {
  return channels === 2
    ? 'Reference canceller: takes away of the first channel what it has in common with the second, as far as the two are coherent; speech that only the first hears stays.'
    : `Line enhancer: with one microphone only noise that can be predicted from ${(delay / 48).toFixed(1)} ms ago goes, as hum, whine and drone; hiss, wind and speech stay.`;
}
