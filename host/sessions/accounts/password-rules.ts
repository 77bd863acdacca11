import { AncError } from '@anc/link';

const least = 12;
/** More would only make hashing slow. */
const most = 128;

/** What people begin with when they have to think of a password; digits and signs around it help little. */
const common = [
  'password',
  'passwort',
  'passphrase',
  'motdepasse',
  'contrasena',
  'qwerty',
  'qwertz',
  'azerty',
  'qwertyuiop',
  'asdfghjkl',
  'letmein',
  'welcome',
  'iloveyou',
  'administrator',
  'admin',
  'changeme',
  'monkey',
  'dragon',
  'football',
  'baseball',
  'sunshine',
  'princess',
  'superman',
  'trustno',
  'abc',
  'abcdef',
  'abcdefgh',
  'secret',
  'headset',
  'headphones',
  'ancplatform',
  'noisecancelling',
];

const lookAlikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** As it is hashed: the same characters, however a keyboard composes them. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Every rule that the password breaks, in words that follow "the password". */
export function brokenRules(password: string, email: string): string[] {
  const text = normalizePassword(password);
  const length = [...text].length;
  const localPart = email.split('@')[0]!.toLowerCase();
  const rules: [boolean, string][] = [
    [length >= least, `needs at least ${least} characters, it has ${length}`],
    [length <= most, `may have at most ${most} characters, it has ${length}`],
    [/\p{Lu}/u.test(text), 'needs an upper-case letter'],
    [/\p{Ll}/u.test(text), 'needs a lower-case letter'],
    [/\p{Nd}/u.test(text), 'needs a digit'],
    [/[^\p{L}\p{N}\s]/u.test(text), 'needs a special character'],
    [
      localPart.length < 3 || !text.toLowerCase().includes(localPart),
      'must not hold the name before the @ of the address',
    ],
    [!isCommon(text), 'is one of the commonest, with digits and signs around it'],
  ];
  return rules.flatMap(([kept, name]) => (kept ? [] : [name]));
}

function isCommon(text: string): boolean {
  const lower = text.toLowerCase();
  const plain = lower.replace(/[^a-z]/g, '');
  // Digits and signs are taken for letters only inside: those at the ends are the usual decoration.
  const core = lower.replace(/^[^a-z]+|[^a-z]+$/g, '').replace(/./gu, (c) => lookAlikes[c] ?? c);
  const spelled = [...lower].map((c) => lookAlikes[c] ?? c).join('');
  return common.some(
    (word) =>
      [plain, core.replace(/[^a-z]/g, '')].some((letters) => isRepeatOf(letters, word)) ||
      (word.length >= 8 && spelled.startsWith(word) && text.length - word.length < 8),
  );
}

function isRepeatOf(letters: string, word: string): boolean {
  return letters.length > 0 && letters.replaceAll(word, '') === '';
}

/** @throws AncError PASSWORD_WEAK */
export function checkPassword(password: string, email: string): void {
  const broken = brokenRules(password, email);
  if (broken.length > 0)
    throw new AncError('PASSWORD_WEAK', `the password ${broken.join('; ')}`, {
      hint: 'Four or five random words with a digit and a sign between them are easy to keep.',
    });
}
