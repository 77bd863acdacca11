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
  howling: (hz) =>
    `howling at ${hz} Hz: a notch has ended it. The loudspeaker reaches the reference microphone; is it covered, or the fit loose?`,
  howlingPersists: (hz) =>
    `howling at ${hz} Hz goes on in spite of notches: output stopped. Uncover the reference microphone, or lower the gain`,
  windStarted: () =>
    'wind at the reference microphone: cancelling pauses until it is over. A foam or mesh over it helps',
  windEnded: () => 'the wind is over: cancelling goes on',
  linkBusy: () => 'another host was turned away',
  identificationEnded: (reason) =>
    reason === 0 ? 'secondary path identified' : `secondary path not identified (reason ${reason})`,
};

export function deviceLogText(code: string, value: number): string {
  return texts[code]?.(value) ?? (value ? `${code} (${value})` : code);
}
