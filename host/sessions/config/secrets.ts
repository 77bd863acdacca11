/** Parts of secrets that people leave from examples, or take because they are quick to type. */
const wellKnown = [
  'secret',
  'password',
  'passwort',
  'changeme',
  'change-me',
  'change_me',
  'example',
  'default',
  'development',
  'production',
  'qwerty',
  'letmein',
  'postgres',
  'anc-platform',
  'ancplatform',
  'abcdefgh',
  '123456789',
];

const secretBytes = 32;
/** of 256: random bytes of base64 or hex have well above, text made by hand often less */
const leastBits = 160;

/**
 * What is wrong with a secret, in words that do not show it; null when it may be one of 32 random bytes. It cannot prove
 * that a secret was made by chance, only find those that were not.
 */
export function weaknessOf(secret: string): string | null {
  const bytes = bytesOf(secret);
  if (bytes < secretBytes) return `has ${bytes} bytes, ${secretBytes} are needed`;
  const lower = secret.toLowerCase();
  if (wellKnown.some((word) => lower.includes(word))) return 'holds a well-known word';
  if (isRepeated(secret)) return 'repeats a part of itself';
  if (runOf(secret) > 8) return 'holds one character many times in a row';
  const bits = Math.floor(bitsOf(secret));
  if (bits < leastBits) return `uses too few different characters (${bits} of ${leastBits} bits)`;
  return null;
}

/** Of a password inside a URL: the other side limits guesses, so it may be shorter. */
export function weaknessOfPassword(password: string): string | null {
  if (password.length < 12) return `has a password of ${password.length} characters, 12 are needed`;
  const lower = password.toLowerCase();
  if (wellKnown.some((word) => lower.includes(word)))
    return 'has a password with a well-known word';
  if (isRepeated(password)) return 'has a password that repeats a part of itself';
  return null;
}

/** Bytes behind hex or base64 text; else those of the text. */
function bytesOf(secret: string): number {
  if (/^([0-9a-f]{2})+$/i.test(secret)) return secret.length / 2;
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(secret))
    return Math.floor((secret.replace(/=+$/, '').length * 3) / 4);
  return Buffer.byteLength(secret);
}

function isRepeated(text: string): boolean {
  // A text with a period lies in its double at a place that is not its begin or end.
  return (text + text).indexOf(text, 1) < text.length;
}

function runOf(text: string): number {
  let longest = 0;
  let run = 0;
  for (let i = 0; i < text.length; i += 1) {
    run = i > 0 && text[i] === text[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** Length times the entropy of the characters’ frequencies. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length);
  return bits;
}
