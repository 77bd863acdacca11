import type { IncomingMessage } from 'node:http';
import express from 'express';

export type TrustedProxies = number | readonly string[];

/** As Express takes it. */
export function trustSetting(proxies: TrustedProxies): number | string[] {
  return typeof proxies === 'number' ? proxies : [...proxies];
}

/**
 * Who sent an upgrade, which Express does not see: from the socket outwards as far as proxies are trusted, by the rules
 * that give `request.ip`.
 */
export function clientAddresses(proxies: TrustedProxies): (request: IncomingMessage) => string {
  const app = express();
  app.set('trust proxy', trustSetting(proxies));
  const trusts = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  return ({ socket, headers }) => {
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    const hops = forwarded.map((address) => address.trim()).filter((address) => address !== '');
    const chain = [socket.remoteAddress ?? '', ...hops.reverse()];
    let hop = 0;
    while (hop < chain.length - 1 && trusts(chain[hop]!, hop)) hop += 1;
    return chain[hop]!;
  };
}
