export { Device } from './device.ts';
export type { DeviceOptions, DeviceState } from './device.ts';
export type { DeviceInfo, ParameterState } from './device-info.ts';
export type { Identified, IdentifyOptions, IdentifyProgress } from './identify.ts';
export { discover } from './discover.ts';
export type { DiscoveredDevice } from './discover.ts';
export { watchUsb } from './usb-hotplug.ts';
