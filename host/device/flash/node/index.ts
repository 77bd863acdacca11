/** Flashing under Node: esptool-js is loaded with this module only. */
export { flashHeadset } from '../flash-headset.ts';
export { askHeadset, returned } from '../running-headset.ts';
export { defaultBackupFolder, savePartitions, saveSettings } from './backup-files.ts';
export { checkBoardChip, recoveryOf } from './boards.ts';
export { openFirmwareFile } from './firmware-file.ts';
export { flashPort, uriOfPort } from './open-port.ts';
