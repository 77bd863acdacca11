import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * Who may talk to the server. Two attacks from a web page that somebody has open are kept out:
 * - DNS rebinding: a foreign name that resolves to this machine. Only names that cannot be rebound are served: IP
 *   addresses, localhost and names given at start.
 * - Cross-site requests: a browser says where a request comes from, and another origin must not steer a headset. Programs
 *   that are no browser send neither header and are let in: they could reach the port anyway.
 */
export class SameOrigin {
  #allowedHosts: ReadonlySet<string>;

  constructor(allowedHosts: readonly string[]) {
    this.#allowedHosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  }

  hostAllowed(headers: IncomingHttpHeaders): boolean {
    const name = hostName(headers.host);
    if (name === null) return false;
    return (
      isIP(name) !== 0 ||
      name === 'localhost' ||
      name.endsWith('.localhost') ||
      this.#allowedHosts.has(name)
    );
  }

  originAllowed(headers: IncomingHttpHeaders): boolean {
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
    if (headers.origin === undefined) return true;
    try {
      const { protocol, host } = new URL(headers.origin);
      return (
        (protocol === 'http:' || protocol === 'https:') && host === headers.host?.toLowerCase()
      );
    } catch {
      return false;
    }
  }
}

/** The name in a Host header without port and brackets. */
function hostName(header: string | undefined): string | null {
  if (!header) return null;
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, '').toLowerCase();
  } catch {
    return null;
  }
}
