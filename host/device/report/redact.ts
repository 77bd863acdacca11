/** What a report must not tell: who sits there, on which machine, with which secrets. */
import { crc32 } from '@anc/link';

export interface Private {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly userName: string;
  readonly hostName: string;
  /** Empty: it may be told. */
  readonly serialNumber: string;
}

/** Names of environment variables whose values are nobody's business. */
const secretName = /SECRET|TOKEN|PASSW|PASSPHRASE|KEY|CREDENTIAL|AUTH|COOKIE|SESSION|DSN|_URL$/i;
const shortestSecret = 5;
const shortestWord = 3;

/** The same headset is the same word in two reports. */
export function serialAlias(serialNumber: string): string {
  const hash = crc32(Buffer.from(serialNumber)).toString(16).padStart(8, '0');
  return `serial-${hash}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** As it stands in a text, in JSON and in a URI. */
function forms(text: string): string[] {
  return [...new Set([text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)])];
}

type Rule = readonly [what: RegExp, instead: string];

function literal(text: string, instead: string): Rule[] {
  return forms(text).map((form) => [new RegExp(escaped(form), 'g'), instead]);
}

/** Not inside a longer word. */
function word(text: string, instead: string): Rule[] {
  if (text.length < shortestWord) return [];
  return forms(text).map((form) => [
    new RegExp(`(?<![\\p{L}\\p{N}])${escaped(form)}(?![\\p{L}\\p{N}])`, 'gu'),
    instead,
  ]);
}

/** Makes the function that takes such things out of a text. Longest secrets first: one may hold another. */
export function redactor(of: Private): (text: string) => string {
  const secrets = Object.entries(of.env)
    .filter(([name, value]) => secretName.test(name) && (value?.length ?? 0) >= shortestSecret)
    .map(([, value]) => value!)
    .sort((a, b) => b.length - a.length);
  const rules: Rule[] = [
    ...secrets.flatMap((secret) => literal(secret, '<secret>')),
    ...(of.homeFolder.length > 1 ? literal(of.homeFolder, '~') : []),
    // Of others: a file that a colleague sent tells the colleague's name.
    [/(?:\/home|\/Users|[A-Za-z]:(?:\\{1,2}|\/)Users)(?:\\{1,2}|\/)[^\s/\\"',;:&?#]+/g, '~'],
    [/(?:%2F)(?:home|Users)%2F[^\s/\\"',;:&?#%]+/gi, '~'],
    ...word(of.serialNumber, serialAlias(of.serialNumber)),
    ...word(of.hostName, '<host>'),
    ...(of.userName === 'root' ? [] : word(of.userName, '<user>')),
  ];
  // A serial number may be as short as V1; it stands for itself in its own field at least.
  const short =
    of.serialNumber !== '' && of.serialNumber.length < shortestWord
      ? ([
          [
            new RegExp(`("serialNumber":\\s*)${escaped(JSON.stringify(of.serialNumber))}`, 'g'),
            `$1"${serialAlias(of.serialNumber)}"`,
          ],
        ] as Rule[])
      : [];
  return (text) =>
    [...rules, ...short].reduce((rest, [what, instead]) => rest.replaceAll(what, instead), text);
}
