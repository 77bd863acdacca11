/** What the headset's log codes say, in words. */
const texts: Readonly<Record<string, (value: number) => string>> = {
  started: () => 'headset started',
  modeChanged: (mode) => `mode ${['off', 'transparency', 'anc'][mode] ?? mode}`,
  divergence: () => 'the error rose above what it is without cancelling: output stopped',
  rollback: (count) => `weights rolled back (number ${count})`,
  guardMuted: () => 'too many roll-backs: output muted',
  guardCleared: () => 'supervisor cleared, cancelling goes on',
  inputClipped: () => 'a microphone clips',
  referenceSilent: () => 'the reference microphone is silent',
  storeWritten: (count) => `${count} parameters stored`,
  storeInvalid: (bytes) => `stored parameters are damaged (${bytes} bytes): defaults are used`,
  secondaryModelChanged: (taps) => `secondary path model of ${taps} taps`,
  linkBusy: () => 'another host was turned away',
  identificationEnded: (reason) =>
    reason === 0 ? 'secondary path identified' : `secondary path not identified (reason ${reason})`,
};

export function deviceLogText(code: string, value: number): string {
  return texts[code]?.(value) ?? (value ? `${code} (${value})` : code);
}
