export { openTransport } from './open.ts';
export {
  endVirtualHeadset,
  simArguments,
  startVirtualHeadset,
  virtualHeadsetProgram,
} from './sim.ts';
export type { Transport } from './transport.ts';
