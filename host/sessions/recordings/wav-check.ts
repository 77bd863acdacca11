import { AncError } from '@anc/link';
import { type WavHead, maxHeadBytes, readWavHead } from './wav-head.ts';

/** Looks at a WAV file while it passes: its head as early as possible, its length at the end. */
export class WavCheck {
  #head: WavHead | null = null;
  #first: Buffer = Buffer.alloc(0);
  #bytes = 0;

  /** @throws AncError WAV_INVALID, WAV_UNSUPPORTED */
  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#head) return;
    const room = maxHeadBytes - this.#first.length;
    this.#first = Buffer.concat([this.#first, chunk.subarray(0, room)]);
    this.#head = readWavHead(this.#first);
  }

  /** @throws AncError WAV_INVALID, WAV_TRUNCATED */
  end(): { channels: number; sampleRateHz: number; durationSeconds: number } {
    if (!this.#head)
      throw new AncError('WAV_INVALID', `${this.#bytes} bytes without sound`, {
        hint: 'Send a whole RIFF/WAVE file.',
      });
    const { channels, sampleRateHz, bytesPerFrame, dataAt, dataBytes } = this.#head;
    const there = this.#bytes - dataAt;
    if (dataBytes !== null && dataBytes > there)
      throw new AncError(
        'WAV_TRUNCATED',
        `${there} bytes of sound where the head says ${dataBytes}`,
        {
          hint: 'The file is cut off; send it again.',
        },
      );
    const frames = Math.floor((dataBytes ?? there) / bytesPerFrame);
    return { channels, sampleRateHz, durationSeconds: frames / sampleRateHz };
  }
}
