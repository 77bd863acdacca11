/** What docs/protocol.md says is what the code does. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeBody } from './body.ts';
import { fromHex, toHex } from './capture.ts';
import { crc32 } from './crc32.ts';
import { encodeFrame } from './frame.ts';
import { enums, frameKinds, limits, messages } from './generated/protocol.ts';

/** With single blanks within lines: tables are padded. */
const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8').replace(
  / +/g,
  ' ',
);

function example(name: string): Uint8Array {
  return fromHex(new RegExp(`^${name} ([0-9a-f ]+)$`, 'm').exec(page)![1]!);
}

test('the worked example', () => {
  const body = encodeBody(messages.ping.request, { token: 42 });
  expect(toHex(body)).toBe(toHex(example('body')));
  const plain = example('before COBS');
  const crc = new DataView(plain.buffer).getUint32(plain.length - 4, true);
  expect(crc32(plain, 0, plain.length - 4)).toBe(crc);
  const frame = encodeFrame({
    kind: frameKinds.request,
    message: messages.ping.id,
    sequence: 2,
    body,
  });
  expect(toHex(frame)).toBe(toHex(example('on the wire')));
});

test('limits, ids and statuses', () => {
  const { maxFrameBytes, heartbeatMs, silenceMs, hostSilenceMs } = limits;
  for (const text of [
    `most ${maxFrameBytes} bytes`,
    `every ${heartbeatMs} ms`,
    `for ${silenceMs} ms`,
    `for ${hostSilenceMs} ms`,
  ])
    expect(page).toContain(text);
  for (const [name, value] of Object.entries(enums.status))
    if (value > 0) expect(page).toContain(`${name} ${value}`);
  for (const [name, value] of Object.entries(enums.block))
    expect(page).toContain(`| ${name} ${value} |`);
  for (const list of [enums.identifyPhase, enums.identifyReason])
    for (const [name, value] of Object.entries(list))
      if (name !== 'idle') expect(page).toContain(`${name} ${value}`);
  for (const { id, name } of [
    messages.telemetry,
    messages.signals,
    messages.log,
    messages.identification,
  ])
    expect(page).toContain(`${name} (${id})`);
});
