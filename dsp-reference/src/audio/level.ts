/** Root mean square; 0 for no samples. */
export function rms(signal: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < signal.length; i++) sum += signal[i]! ** 2;
  return signal.length === 0 ? 0 : Math.sqrt(sum / signal.length);
}

/** RMS level in dBFS: 0 is a full-scale square wave, a full-scale sine is −3.01. −Infinity for silence. */
export function levelDb(signal: ArrayLike<number>): number {
  return 20 * Math.log10(rms(signal));
}

/** All channels as one, their mean. */
export function mono(channels: readonly Float64Array[]): Float64Array {
  return Float64Array.from(channels[0]!, (_, n) => {
    return channels.reduce((sum, channel) => sum + channel[n]!, 0) / channels.length;
  });
}
