/** What is loaded when a flash begins, not before. */
export { flashHeadset } from '../../../host/device/flash/flash-headset.ts';
export { askHeadset, exportOf, returned } from '../../../host/device/flash/running-headset.ts';
