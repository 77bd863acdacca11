export { openTransport } from './open.ts';
export { endProcess } from './own-headset.ts';
export { emulatedImage, emulatedIsas, type Isa, startEmulatedChip } from './qemu.ts';
export { virtualHeadsetProgram } from './sim.ts';
export { isDeviceUri, isOwnUri, type Transport } from './transport.ts';
