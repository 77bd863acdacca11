import { floorDb } from '../panel-protocol.ts';

const floorPower = 10 ** (floorDb / 10);

/** Power (1: mean square of a full-scale square wave) to dBFS, not below `floorDb`. */
export function powerDb(power: number): number {
  return power > floorPower ? 10 * Math.log10(power) : floorDb;
}

export function amplitudeDb(amplitude: number): number {
  return powerDb(amplitude * amplitude);
}

/** Two decimals are finer than any estimate here, and keep the JSON short. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
