import type { AncError, Mode as LinkMode, TelemetryEvent } from '@anc/link';
import { Device, storeWithBackup } from '../device/index.ts';
import { errorView } from './errors.ts';
import type { Headset, HeadsetListener, Telemetry } from './headset.ts';
import type { Guard, LogLevel, Mode } from './panel-protocol.ts';

/** A mean square of 2^32 is that of a full-scale square wave; a peak of 2^31 is full scale. */
const meanSquareUnit = 2 ** -32;
const peakUnit = 2 ** -31;

function telemetryOf(event: TelemetryEvent): Telemetry {
  return {
    ...event,
    mode: event.mode as Mode,
    guard: event.guard as Guard,
    referenceMeanSquare: event.referenceMeanSquare * meanSquareUnit,
    errorMeanSquare: event.errorMeanSquare * meanSquareUnit,
    outputMeanSquare: event.outputMeanSquare * meanSquareUnit,
    disturbanceMeanSquare: event.disturbanceMeanSquare * meanSquareUnit,
    referencePeak: event.referencePeak * peakUnit,
    errorPeak: event.errorPeak * peakUnit,
    outputPeak: event.outputPeak * peakUnit,
  };
}

function listenTo(device: Device, listener: HeadsetListener): () => void {
  const reasonOf = (reason: AncError | null) => (reason ? errorView(reason) : null);
  const ends = [
    device.on('state', (state, reason) => listener.state(state, reasonOf(reason))),
    device.on('telemetry', (event) => listener.telemetry(telemetryOf(event))),
    device.on('signals', (event) => listener.signals(event)),
    device.on('log', ({ level, code, text, value }) =>
      listener.log({ level: level as LogLevel, code, text, value }),
    ),
  ];
  return () => ends.forEach((end) => end());
}

/** A `Device` as the server wants it. Errors: those of Device.connect. */
export async function connectHeadset(uri: string): Promise<Headset> {
  const device = await Device.connect(uri);
  return {
    uri,
    get state() {
      return device.state;
    },
    get info() {
      return device.info;
    },
    get groups() {
      return device.dictionary.groups;
    },
    get dictionary() {
      return device.dictionary.parameters;
    },
    listen: (listener) => listenTo(device, listener),
    setSignalChannels: (channels) => device.setSignalChannels(channels),
    listParameters: () => device.listParameters(),
    setMode: (mode) => device.setMode(mode as LinkMode),
    setParameter: async (name, value) => void (await device.setParameter(name, value)),
    storeParameters: async () => void (await storeWithBackup(device)),
    revertParameters: async (names) => void (await device.revertParameters(names)),
    resetParameters: async (names) => void (await device.resetParameters(names)),
    guardClear: () => device.guardClear(),
    resetWeights: () => device.resetWeights(),
    readWeights: () => device.readWeights(),
    readDeviceCounters: async () => {
      const { rxDamaged, txDropped } = await device.readLinkStats();
      return { deviceDamaged: rxDamaged, deviceDropped: txDropped };
    },
    linkCounters: () => ({ lost: device.linkStats.lost, damaged: device.linkStats.damaged }),
    close: () => device.close(),
  };
}
