export { asAncError, AncError } from './errors.ts';
export { hintFor } from './hints.ts';
export { crc32 } from './crc32.ts';
export { cobsDecodeInPlace, cobsEncode } from './cobs.ts';
export { encodeFrame, FrameDecoder, maxBodyBytes } from './frame.ts';
export type { Damage, Frame } from './frame.ts';
export { decodeBody, encodeBody } from './body.ts';
export type { Body } from './body.ts';
export { LinkSession } from './session.ts';
export type { SessionIo, SessionStats } from './session.ts';
export { Dictionary, loadDictionary } from './dictionary.ts';
export type {
  DictionaryCache,
  ParameterDescription,
  ParameterGroup,
  ParameterScalar,
} from './dictionary.ts';
export { unpackSamples24 } from './samples.ts';
export {
  CaptureWriter,
  describeBytes,
  describeFrame,
  fromHex,
  parseCapture,
  toHex,
} from './capture.ts';
export type { CaptureLine, Described, Direction } from './capture.ts';
export * from './generated/protocol.ts';
