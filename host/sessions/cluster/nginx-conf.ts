import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AncError } from '@anc/link';

export interface NginxOptions {
  /** as `listen` of nginx takes it: a port, or address and port */
  readonly listen: string;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** host and port of each session server */
  readonly instances: readonly string[];
  /** for the pid file, the logs and what does not fit into memory; it is there already */
  readonly folder: string;
}

/** The text of `nginx.conf`. @throws AncError NGINX_CONFIG_INVALID, NGINX_TEMPLATE_MISSING */
export function nginxConf({ listen, tls, instances, folder }: NginxOptions): string {
  const values: Readonly<Record<string, string>> = {
    ANC_INSTANCES: instances
      .map((address) => `server ${plain(address)} max_fails=1 fail_timeout=5s;`)
      .join('\n    '),
    ANC_LISTEN: tls
      ? [
          `listen ${plain(listen)} ssl http2;`,
          `ssl_certificate ${plain(tls.certFile)};`,
          `ssl_certificate_key ${plain(tls.keyFile)};`,
          "add_header Strict-Transport-Security 'max-age=31536000' always;",
        ].join('\n    ')
      : `listen ${plain(listen)};`,
    ANC_FOLDER: plain(folder),
  };
  if (instances.length === 0)
    throw new AncError('NGINX_CONFIG_INVALID', 'There is no session server to pass to.');
  // not in the comments, which name the words
  return readFileSync(templateFile(), 'utf8')
    .split('\n')
    .map((line) =>
      line.startsWith('#')
        ? line
        : line.replace(/\$\{(ANC_\w+)\}/g, (_, name: string) => values[name]!),
    )
    .join('\n');
}

/** Nothing that ends a directive of nginx or begins another. */
function plain(text: string): string {
  if (/^[\w./:[\]-]+$/.test(text)) return text;
  throw new AncError('NGINX_CONFIG_INVALID', `'${text}' cannot stand in nginx.conf.`, {
    hint: 'Addresses and paths of letters, digits and ./:-_ are taken.',
  });
}

/** deploy/ of the project, upwards of this file or of the bundle it went into. */
function templateFile(): string {
  const inTree = join('deploy', 'nginx', 'nginx.conf.template');
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, inTree))) return join(folder, inTree);
    if (folder === dirname(folder))
      throw new AncError('NGINX_TEMPLATE_MISSING', `There is no ${inTree}.`);
  }
}
