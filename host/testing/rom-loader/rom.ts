/** The loader in the chip's ROM: four status bytes, MD5 as text, erasing before writing, and no commands above 0x14. */
import { createHash } from 'node:crypto';
import { Inflow } from './inflow.ts';
import { type Command, op, response, romError } from './protocol.ts';
import { type LoaderProgram, payloadOf, runWrites, securityInfo, type Target } from './target.ts';

const syncValue = 0x20120707;
const none = new Uint8Array(0);

export class Rom implements LoaderProgram {
  readonly #target: Target;
  #inflow: Inflow | null = null;
  #isRamOpen = false;

  constructor(target: Target) {
    this.#target = target;
  }

  handle(command: Command): void {
    const { flash, registers, identity } = this.#target;
    switch (command.op) {
      case op.sync:
        for (let i = 0; i < 8; i += 1) this.#answer(command, { value: syncValue });
        return;
      case op.readReg:
        return this.#answer(command, { value: registers.read(command.word(0)) });
      case op.writeReg:
        runWrites(command, this.#target);
        return this.#answer(command);
      case op.securityInfo:
        if (!identity.hasSecurityInfo) return this.#unsupported();
        return this.#answer(command, { body: securityInfo(this.#target) });
      case op.spiSetParams:
      case op.spiAttach:
        return this.#answer(command);
      case op.changeBaudrate:
        this.#answer(command);
        return this.#target.setBaud(command.word(0));
      case op.memBegin:
        this.#isRamOpen = true;
        return this.#answer(command);
      case op.memData: {
        const { fault } = payloadOf(command);
        if (!this.#isRamOpen) return this.#answer(command, { error: romError.failed });
        return this.#answer(command, fault ? { error: romError.checksum } : {});
      }
      case op.memEnd:
        this.#answer(command);
        // Whatever was loaded is the stub: nothing else is ever sent to RAM by a flashing tool.
        if (command.word(0) === 0 && this.#isRamOpen) this.#target.startStub();
        return;
      case op.flashBegin:
      case op.deflBegin: {
        const [size, offset] = [command.word(0), command.word(3)];
        if (offset + size > flash.sizeBytes)
          return this.#answer(command, { error: romError.failed });
        flash.erase(offset, size);
        this.#inflow = new Inflow(flash, offset, size, false);
        return this.#answer(command);
      }
      case op.flashData:
      case op.deflData:
        return this.#data(command);
      case op.flashEnd:
      case op.deflEnd:
        this.#answer(command);
        this.#inflow = null;
        return this.#target.restart();
      case op.md5: {
        const bytes = flash.bytes.subarray(command.word(0), command.word(0) + command.word(1));
        const text = createHash('md5').update(bytes).digest('hex');
        return this.#answer(command, { body: new TextEncoder().encode(text) });
      }
      case op.readFlashSlow: {
        const body = new Uint8Array(64);
        body.set(flash.bytes.subarray(command.word(0), command.word(0) + command.word(1)));
        return this.#answer(command, { body });
      }
      default:
        return this.#unsupported();
    }
  }

  #data(command: Command): void {
    const { bytes, fault } = payloadOf(command);
    if (!this.#inflow) return this.#answer(command, { error: romError.failed });
    if (fault) return this.#answer(command, { error: romError.checksum });
    if (command.op === op.flashData) this.#inflow.plain(bytes);
    else this.#inflow.deflated(bytes);
    this.#answer(command, this.#inflow.failed ? { error: romError.deflate } : {});
  }

  #answer(
    command: Command,
    {
      value = 0,
      body = none,
      error = 0,
    }: { value?: number; body?: Uint8Array; error?: number } = {},
  ): void {
    const status = [error === 0 ? 0 : 1, error, 0, 0];
    this.#target.reply(response(command.op, value, error === 0 ? body : none, status));
  }

  /** Eight answers under the number of another command, as esptool's sources tell of the ROM. */
  #unsupported(): void {
    for (let i = 0; i < 8; i += 1)
      this.#target.reply(response(0, 0, none, [1, romError.invalidFormat, 0, 0]));
  }
}
