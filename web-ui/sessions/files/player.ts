import { levelDb } from '../../../dsp-reference/src/audio/level.ts';

export type Side = 'before' | 'after';

/** to fade from one side to the other, s */
const fadeS = 0.015;

/** Both sounds run at once, one of them heard: switching stays at the position. Event `change`: begun, paused, ended. */
export class Player extends EventTarget {
  #context: AudioContext;
  #buffers: Readonly<Record<Side, AudioBuffer>>;
  #gains: Readonly<Record<Side, GainNode>>;
  #analyser: AnalyserNode;
  #window: Float32Array<ArrayBuffer>;
  #sources: AudioBufferSourceNode[] = [];
  #side: Side = 'after';
  #offsetS = 0;
  #startedS = 0;
  isPlaying = false;
  readonly durationS: number;

  /** @throws DOMException NotSupportedError for a rate that the browser does not play */
  constructor(before: Float32Array, after: Float32Array, sampleRateHz: number) {
    super();
    const bufferOf = (samples: Float32Array) => {
      const buffer = new AudioBuffer({ length: samples.length, sampleRate: sampleRateHz });
      buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0);
      return buffer;
    };
    this.#buffers = { before: bufferOf(before), after: bufferOf(after) };
    this.durationS = this.#buffers.before.duration;
    this.#context = new AudioContext();
    this.#analyser = new AnalyserNode(this.#context, { fftSize: 8192 });
    this.#analyser.connect(this.#context.destination);
    this.#window = new Float32Array(this.#analyser.fftSize);
    const gainOf = (gain: number) => {
      const node = new GainNode(this.#context, { gain });
      node.connect(this.#analyser);
      return node;
    };
    this.#gains = { before: gainOf(0), after: gainOf(1) };
  }

  get side(): Side {
    return this.#side;
  }

  set side(side: Side) {
    this.#side = side;
    for (const name of ['before', 'after'] as const)
      this.#gains[name].gain.setTargetAtTime(
        name === side ? 1 : 0,
        this.#context.currentTime,
        fadeS / 3,
      );
  }

  get positionS(): number {
    const played = this.isPlaying ? this.#context.currentTime - this.#startedS : 0;
    return Math.min(this.durationS, this.#offsetS + played);
  }

  /** dBFS RMS of the last 0.2 s; null while nothing plays */
  get levelDbfs(): number | null {
    if (!this.isPlaying) return null;
    this.#analyser.getFloatTimeDomainData(this.#window);
    const level = levelDb(this.#window);
    return Number.isFinite(level) ? level : null;
  }

  async play(): Promise<void> {
    if (this.isPlaying) return;
    await this.#context.resume();
    if (this.positionS >= this.durationS) this.#offsetS = 0;
    this.#start();
    this.#changed(true);
  }

  pause(): void {
    if (!this.isPlaying) return;
    this.#offsetS = this.positionS;
    this.#silence();
    this.#changed(false);
  }

  seek(positionS: number): void {
    this.#offsetS = Math.max(0, Math.min(this.durationS, positionS));
    if (!this.isPlaying) return;
    this.#silence();
    this.#start();
  }

  close(): void {
    this.#silence();
    this.isPlaying = false;
    void this.#context.close();
  }

  #start(): void {
    this.#startedS = this.#context.currentTime;
    this.#sources = (['before', 'after'] as const).map((name) => {
      const source = new AudioBufferSourceNode(this.#context, { buffer: this.#buffers[name] });
      source.connect(this.#gains[name]);
      source.start(0, this.#offsetS);
      return source;
    });
    this.#sources[0]!.onended = () => {
      this.#offsetS = this.durationS;
      this.#silence();
      this.#changed(false);
    };
  }

  #silence(): void {
    for (const source of this.#sources) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
    this.#sources = [];
  }

  #changed(isPlaying: boolean): void {
    this.isPlaying = isPlaying;
    this.dispatchEvent(new Event('change'));
  }
}
