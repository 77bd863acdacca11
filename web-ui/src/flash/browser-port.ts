import { AncError } from '../../../host/link/src/index.ts';
import type { WebPort } from '../../../host/device/flash/web-port.ts';

/** What of Web Serial is used here; TypeScript's DOM library does not have it. */
interface Serial {
  requestPort(): Promise<WebPort>;
}

function serial(): Serial | null {
  return (navigator as unknown as { serial?: Serial }).serial ?? null;
}

/** Chromium's browsers have it, over https or from this machine. */
export function hasWebSerial(): boolean {
  return serial() !== null;
}

/** Lets the user choose; null when the choice was closed. */
export async function choosePort(): Promise<WebPort | null> {
  try {
    return explained(await serial()!.requestPort());
  } catch (error) {
    if ((error as Error).name === 'NotFoundError') return null;
    throw error;
  }
}

/** A browser says of a port that cannot be opened only that it cannot: the reasons are named here. */
function explained(port: WebPort): WebPort {
  return {
    get readable() {
      return port.readable;
    },
    get writable() {
      return port.writable;
    },
    getInfo: () => port.getInfo(),
    close: () => port.close(),
    setSignals: (signals) => port.setSignals(signals),
    open: (options) =>
      port.open(options).catch((cause: Error) => {
        throw new AncError('DEVICE_BUSY', `the port cannot be opened: ${cause.message}`, {
          cause,
          hint: 'Another program holds it (`anc serve`, a serial terminal), or you may not open it: on Linux be a member of the group dialout.',
        });
      }),
  };
}
