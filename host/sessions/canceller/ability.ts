import type { SessionSettings } from '../protocol/index.ts';

const names = {
  fdaf: 'in the frequency domain',
  nlms: 'NLMS',
  'nlms-q31': 'NLMS in 32-bit fixed point',
  'nlms-q15': 'NLMS in 16-bit fixed point',
} as const;

/** Which canceller runs, and what it can do with these channels, in a sentence each. */
export function abilityOf({ channels, algorithm, delay }: SessionSettings): string {
  if (channels === 2)
    return (
      `Reference canceller, ${names[algorithm]}: takes away what the second microphone also hears, as far as the two ` +
      'are coherent. Speech that only the first hears stays.'
    );
  const delayMs = (delay / 48).toFixed(0);
  return (
    `Line enhancer, ${names[algorithm]}: one microphone. It takes away what can be predicted ${delayMs} ms ahead, such as ` +
    'hum, whine and engine tones; hiss, wind and speech stay.'
  );
}
