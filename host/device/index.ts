export { Device } from './device.ts';
export type { DeviceOptions, DeviceState } from './device.ts';
export type { DeviceInfo, ParameterState } from './device-info.ts';
export type { Identified, IdentifyOptions, IdentifyProgress } from './identify.ts';
export type { MeasuredLatency } from './latency.ts';
export { discover } from './discover.ts';
export type { DiscoveredDevice } from './discover.ts';
export { watchUsb } from './usb-hotplug.ts';
export { askEach, recoverSettings } from './recover.ts';
export type { Answer, Recovered } from './recover.ts';
export {
  applySettings,
  backupFile,
  differencesOf,
  readBackup,
  readSettings,
  writeBackup,
} from './settings-backup.ts';
export type { SettingsBackup, SettingsDifference } from './settings-backup.ts';
export { makeImage, readImage } from './update/image.ts';
export type { PortableImage, UpdateImage } from './update/image.ts';
export { rollBack, updateFirmware, updateStatus } from './update/update.ts';
export type { Updated, UpdateOptions, UpdateProgress } from './update/update.ts';
export * from './profiles/index.ts';
export { compareSettings } from './ab/compare.ts';
export type { Compared, CompareOptions, CompareProgress } from './ab/compare.ts';
export { sideOf, sidesDiffer } from './ab/settings.ts';
export type { Side } from './ab/settings.ts';
export * from './report/index.ts';
