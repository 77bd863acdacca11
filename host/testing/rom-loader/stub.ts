/** The stub that flashing tools load into RAM: two status bytes, MD5 as bytes, answers before it writes, erases as it goes. */
import { createHash } from 'node:crypto';
import { Inflow } from './inflow.ts';
import { type Command, op, response, stubError } from './protocol.ts';
import { type LoaderProgram, payloadOf, runWrites, securityInfo, type Target } from './target.ts';

const none = new Uint8Array(0);
const maxBlockBytes = 0x4000;

interface Reading {
  readonly offset: number;
  readonly length: number;
  readonly blockBytes: number;
  readonly maxUnacknowledged: number;
  sent: number;
}

export class Stub implements LoaderProgram {
  readonly #target: Target;
  #inflow: Inflow | null = null;
  /** Found while writing; told with the next answer. */
  #lastError = 0;
  #reading: Reading | null = null;

  constructor(target: Target) {
    this.#target = target;
  }

  handle(command: Command): void {
    const { flash, registers, identity } = this.#target;
    switch (command.op) {
      case op.sync:
        for (let i = 0; i < 8; i += 1) this.#answer(command);
        return;
      case op.readReg:
        return this.#answer(command, { value: registers.read(command.word(0)) });
      case op.writeReg:
        runWrites(command, this.#target);
        return this.#answer(command);
      case op.securityInfo:
        if (!identity.hasSecurityInfo) break;
        return this.#answer(command, { body: securityInfo(this.#target) });
      case op.spiSetParams:
      case op.spiAttach:
      case op.memBegin:
      case op.memData:
      case op.memEnd:
        return this.#answer(command);
      case op.changeBaudrate:
        this.#answer(command);
        return this.#target.setBaud(command.word(0));
      case op.flashBegin:
      case op.deflBegin:
        return this.#begin(command);
      case op.flashData:
      case op.deflData:
        return this.#data(command);
      case op.flashEnd:
      case op.deflEnd:
        return this.#end(command);
      case op.md5: {
        const bytes = flash.bytes.subarray(command.word(0), command.word(0) + command.word(1));
        const body = createHash('md5').update(bytes).digest();
        return this.#answer(command, { body });
      }
      case op.eraseFlash:
        flash.erase(0, flash.sizeBytes);
        return this.#answer(command);
      case op.eraseRegion:
        if (command.data.length !== 8) return this.#answer(command, { error: stubError.badLength });
        flash.erase(command.word(0), command.word(1));
        return this.#answer(command);
      case op.readFlash:
        if (command.data.length !== 16)
          return this.#answer(command, { error: stubError.badLength });
        this.#answer(command);
        this.#reading = {
          offset: command.word(0),
          length: command.word(1),
          blockBytes: command.word(2),
          maxUnacknowledged: command.word(3),
          sent: 0,
        };
        return this.#sendMore(0);
      case op.runUserCode:
        return this.#target.restart();
    }
    this.#answer(command, { error: stubError.notImplemented });
  }

  /** While flash is read, frames of four bytes say how much has arrived. */
  other(frame: Uint8Array): void {
    if (!this.#reading || frame.length !== 4) return;
    const view = new DataView(frame.buffer, frame.byteOffset);
    this.#sendMore(view.getUint32(0, true));
  }

  #sendMore(acknowledged: number): void {
    const reading = this.#reading!;
    const { offset, length, blockBytes, maxUnacknowledged } = reading;
    const { bytes } = this.#target.flash;
    while (reading.sent < length && reading.sent - acknowledged < maxUnacknowledged) {
      const size = Math.min(blockBytes, length - reading.sent);
      const from = offset + reading.sent;
      this.#target.reply(bytes.slice(from, from + size));
      reading.sent += size;
    }
    if (acknowledged < length) return;
    const all = bytes.subarray(offset, offset + length);
    this.#target.reply(createHash('md5').update(all).digest());
    this.#reading = null;
  }

  #begin(command: Command): void {
    // Newer stubs take a fifth word: whether to encrypt.
    if (command.data.length !== 16 && command.data.length !== 20)
      return this.#answer(command, { error: stubError.badLength });
    if (command.word(2) > maxBlockBytes)
      return this.#answer(command, { error: stubError.badBlockSize });
    this.#inflow = new Inflow(this.#target.flash, command.word(3), command.word(0), true);
    this.#lastError = 0;
    this.#answer(command);
  }

  #data(command: Command): void {
    const { bytes, fault } = payloadOf(command);
    const inflow = this.#inflow;
    if (!inflow) return this.#answer(command, { error: stubError.notInFlashMode });
    if (fault)
      return this.#answer(command, {
        error: fault === 'length' ? stubError.badLength : stubError.badChecksum,
      });
    this.#answer(command, { error: this.#lastError });
    // Behind the whole data only the rest of its Adler-32 may come.
    if (inflow.remaining === 0 && bytes.length > 4) this.#lastError = stubError.tooMuchData;
    else if (command.op === op.flashData) inflow.plain(bytes);
    else inflow.deflated(bytes);
    if (inflow.failed) this.#lastError = stubError.inflate;
  }

  #end(command: Command): void {
    const inflow = this.#inflow;
    if (!inflow) return this.#answer(command, { error: stubError.notInFlashMode });
    if (inflow.remaining > 0) return this.#answer(command, { error: stubError.notEnoughData });
    this.#inflow = null;
    this.#answer(command, { error: this.#lastError });
    if (command.word(0) === 0) this.#target.restart();
  }

  #answer(
    command: Command,
    {
      value = 0,
      body = none,
      error = 0,
    }: { value?: number; body?: Uint8Array; error?: number } = {},
  ): void {
    const status = [error === 0 ? 0 : 1, error];
    this.#target.reply(response(command.op, value, error === 0 ? body : none, status));
  }
}
