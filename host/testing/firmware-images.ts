/** Images for virtual headsets: the program itself, or a script that starts it otherwise, or not at all. */
import { readFileSync } from 'node:fs';
import { makeImage, readImage, type UpdateImage } from '../device/index.ts';
import { virtualHeadsetProgram } from '../transports/index.ts';

function packed(version: string, payload: Uint8Array): UpdateImage {
  return readImage(makeImage({ chip: 'virtual', version, payload }));
}

function script(version: string, line: string, bytes = 0): UpdateImage {
  const text = `#!/bin/sh\n${line}\n`;
  return packed(version, Buffer.from(text + '#'.repeat(Math.max(0, bytes - text.length))));
}

export function wholeProgram(version: string): UpdateImage {
  return packed(version, readFileSync(virtualHeadsetProgram()));
}

/** The same program from a small image of at least so many bytes. */
export function smallImage(version: string, bytes = 0): UpdateImage {
  return script(version, `exec '${virtualHeadsetProgram()}' "$@"`, bytes);
}

/** Gets half of the samples that it should. */
export function sickImage(version: string): UpdateImage {
  return script(version, `exec '${virtualHeadsetProgram()}' "$@" --speed 0.5`);
}

export function crashingImage(version: string): UpdateImage {
  return script(version, 'kill -SEGV $$');
}
