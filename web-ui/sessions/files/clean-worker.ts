import type { ToCleaner } from './clean-messages.ts';
import { Cleaner } from './cleaner.ts';

const scope = self as unknown as Worker;
const cleaner = new Cleaner((message, transfer = []) => scope.postMessage(message, transfer));
scope.onmessage = ({ data }: MessageEvent<ToCleaner>) => void cleaner.receive(data);
