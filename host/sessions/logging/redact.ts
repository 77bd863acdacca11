/** What must never be in a log. By name at any depth of what is logged, and by shape in every line that leaves. */

export const REDACTED = '[redacted]';

/** Compared without case, hyphens and underscores; also as the end of a longer name (`newPassword`, `csrf_token`). */
const secretNames =
  /^(proxy)?authorization$|cookie$|password(hash)?$|passphrase$|secret$|token(s|hash)?$|apikey$|ticket$|credentials?$/;

const isSecretName = (name: string): boolean =>
  secretNames.test(name.toLowerCase().replace(/[-_]/g, ''));

const depthMax = 8;

/** Plain objects and arrays are copied where a name in them is secret; errors and other classes stay what they are. */
export function redactObject<T>(value: T, depth = 0): T {
  if (depth > depthMax || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redactObject(item, depth + 1)) as T;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    isSecretName(name) && item !== null && item !== undefined
      ? REDACTED
      : redactObject(item, depth + 1),
  ]);
  return Object.fromEntries(entries) as T;
}

const secretShapes: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  // JSON Web Tokens: the first part is base64url of '{"'
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED],
  // subprotocol of a live session
  [/\bticket\.[\w.-]+/g, `ticket.${REDACTED}`],
  // API keys: the part that is shown stays
  [/\b(anc_[\da-f]{12}_)[\w-]{16,}/g, `$1${REDACTED}`],
  [/([?&](?:token|ticket|key|api_?key|password|secret)=)[^&\s"\\]+/gi, `$1${REDACTED}`],
  // the password of an address such as postgresql://user:password@host
  [/(\b[a-z][a-z\d+.-]*:\/\/[^\s:/@"]*:)[^\s@/"]+@/gi, `$1${REDACTED}@`],
];

/** A whole line of the log, already JSON: the replacements hold nothing that JSON escapes. */
export function redactLine(line: string): string {
  return secretShapes.reduce((text, [shape, instead]) => text.replace(shape, instead), line);
}
