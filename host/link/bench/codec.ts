// npm run bench -- codec: frames encoded and decoded a second, next to serialport's SLIP encoder and decoder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { SlipDecoder, SlipEncoder } from 'serialport';
import { encodeFrame, FrameDecoder } from '../src/index.ts';

const rounds = 7;
const bytesARound = 4 << 20;
const pieceBytes = 4096;

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

/** MiB of body a second, median of the rounds. */
async function rate(
  bodyBytes: number,
  frames: number,
  run: () => void | Promise<void>,
): Promise<number> {
  await run();
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await run();
    rates.push((bodyBytes * frames) / (1 << 20) / ((performance.now() - start) / 1000));
  }
  return median(rates);
}

function pieces(stream: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(stream.length / pieceBytes) }, (_, i) =>
    stream.subarray(i * pieceBytes, (i + 1) * pieceBytes),
  );
}

async function slipStream(body: Buffer, frames: number): Promise<Buffer> {
  const encoder = new SlipEncoder();
  const chunks: Buffer[] = [];
  encoder.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (let i = 0; i < frames; i += 1) encoder.write(body);
  await new Promise<void>((resolve) => encoder.end(resolve));
  return Buffer.concat(chunks);
}

async function measure(bodyBytes: number) {
  const frames = Math.floor(bytesARound / bodyBytes);
  const body = Buffer.from(Uint8Array.from({ length: bodyBytes }, (_, i) => (i * 37) & 255));
  const encode = () => {
    for (let sequence = 0; sequence < frames; sequence += 1)
      encodeFrame({ kind: 2, message: 33, sequence, body });
  };
  const stream = Buffer.concat(
    Array.from({ length: frames }, (_, sequence) =>
      encodeFrame({ kind: 2, message: 33, sequence, body }),
    ),
  );
  const cut = pieces(stream);
  let seen = 0;
  const decode = () => {
    seen = 0;
    const decoder = new FrameDecoder(() => (seen += 1));
    for (const piece of cut) decoder.push(piece);
    if (seen !== frames) throw new Error(`${seen} of ${frames} frames`);
  };
  const slipPieces = pieces(await slipStream(body, frames));
  const slipDecode = () =>
    new Promise<void>((resolve) => {
      const decoder = new SlipDecoder();
      decoder.on('data', () => {});
      decoder.on('end', resolve);
      for (const piece of slipPieces) decoder.write(piece);
      decoder.end();
    });
  return {
    bodyBytes,
    encode: await rate(bodyBytes, frames, encode),
    decode: await rate(bodyBytes, frames, decode),
    slipEncode: await rate(bodyBytes, frames, async () => void (await slipStream(body, frames))),
    slipDecode: await rate(bodyBytes, frames, slipDecode),
  };
}

const results = [await measure(64), await measure(1000)];
const cell = (mib: number, body: number) =>
  `${mib.toFixed(1).padStart(7)} MiB/s ${Math.round((mib * (1 << 20)) / body)
    .toString()
    .padStart(8)}/s`;
process.stdout.write(
  `Bodies a second, median of ${rounds} rounds. Ours: COBS with CRC-32; SLIP has no CRC.\n\n`,
);
for (const r of results) {
  process.stdout.write(
    `body ${r.bodyBytes} bytes\n  encode  ours ${cell(r.encode, r.bodyBytes)}   SLIP ${cell(r.slipEncode, r.bodyBytes)}   ratio ${(r.encode / r.slipEncode).toFixed(1)}\n` +
      `  decode  ours ${cell(r.decode, r.bodyBytes)}   SLIP ${cell(r.slipDecode, r.bodyBytes)}   ratio ${(r.decode / r.slipDecode).toFixed(1)}\n`,
  );
}
mkdirSync('reports', { recursive: true });
writeFileSync('reports/codec.json', `${JSON.stringify(results, null, 2)}\n`);
