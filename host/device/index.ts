export { Device } from './device.ts';
export type { DeviceInfo, DeviceOptions, DeviceState, ParameterState } from './device.ts';
export { discover } from './discover.ts';
export type { DiscoveredDevice } from './discover.ts';
export { watchUsb } from './usb-hotplug.ts';
