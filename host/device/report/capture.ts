import { describeBytes, parseCapture, toHex } from '@anc/link';

/** A capture without the frames in which a headset says its serial number: hex hides it from a search for the text. */
export function withoutHello(capture: string): string {
  const isHello = (bytes: Uint8Array) =>
    describeBytes(bytes).some(
      (frame) => 'message' in frame && frame.message === 'hello' && frame.kind === 'response',
    );
  const kept = parseCapture(capture).filter(({ bytes }) => !isHello(bytes));
  return [
    '# anc capture 1',
    '# without the answers to hello, which have the serial number',
    ...kept.map(({ direction, ms, bytes }) => `${direction} ${ms.toFixed(1)} ${toHex(bytes)}`),
    '',
  ].join('\n');
}
