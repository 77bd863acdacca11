import type { IncomingHttpHeaders } from 'node:http';

/**
 * Which pages may talk to this server: its own, and those that the operator named. A browser says by `Origin` where a
 * request comes from; programs that are no browser send none and bring their credentials themselves.
 */
export class Origins {
  readonly named: readonly string[];

  /** origins as browsers write them: `https://anc.example.com` */
  constructor(named: readonly string[]) {
    this.named = named.map((origin) => origin.toLowerCase());
  }

  /** For state-changing requests and for the upgrade to a WebSocket. */
  admits({ origin, host }: IncomingHttpHeaders): boolean {
    return origin === undefined || this.isPage(origin, host);
  }

  /** Whether a page of ours, or one that was named, sends this: what a cookie needs to count. */
  isPage(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || origin === 'null') return false;
    const given = origin.toLowerCase();
    if (this.named.includes(given)) return true;
    // The port is part of both, and one port speaks one scheme.
    return host !== undefined && URL.canParse(given) && new URL(given).host === host.toLowerCase();
  }
}
