import { existsSync } from 'node:fs';

/**
 * Calls `listener` whenever a USB device comes or goes, and returns the function that ends it. Where there is no USB bus,
 * or its library does not load, nothing is ever called.
 */
export async function watchUsb(listener: () => void): Promise<() => void> {
  const nothing = () => {};
  if (process.platform === 'linux' && !existsSync('/sys/bus/usb/devices')) return nothing;
  try {
    const { webusb } = await import('usb');
    webusb.addEventListener('connect', listener);
    webusb.addEventListener('disconnect', listener);
    return () => {
      webusb.removeEventListener('connect', listener);
      webusb.removeEventListener('disconnect', listener);
    };
  } catch {
    return nothing;
  }
}
