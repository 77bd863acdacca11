import { sampleRateHz } from '../../../host/sessions/protocol/index.ts';
import { PageError } from '../shared/page-error.ts';

/**
 * An AudioContext at the sessions’ rate: the browser resamples microphones and loudspeakers of another one.
 * @throws PageError CONTEXT_RATE, CONTEXT_SUSPENDED
 */
export async function openContext(): Promise<AudioContext> {
  let context: AudioContext;
  try {
    context = new AudioContext({ sampleRate: sampleRateHz, latencyHint: 'interactive' });
  } catch (cause) {
    throw new PageError('CONTEXT_RATE', `This browser has no audio at ${sampleRateHz} Hz.`, {
      cause,
      hint: 'Take another browser, or set the sound device to 48 kHz.',
    });
  }
  if (context.sampleRate !== sampleRateHz) {
    await context.close();
    throw new PageError(
      'CONTEXT_RATE',
      `The browser’s audio runs at ${context.sampleRate} Hz, sessions at ${sampleRateHz} Hz.`,
      { hint: 'Set the sound device to 48 kHz.' },
    );
  }
  await context.resume();
  if (context.state !== 'running') {
    await context.close();
    throw new PageError('CONTEXT_SUSPENDED', 'The browser has not started its audio.', {
      hint: 'Start the session by a click, and allow the page to play sound.',
    });
  }
  return context;
}

/** What playing costs, ms. */
export interface OutputLatency {
  /** the context’s buffer and the sound device, as both are reported */
  readonly outputMs: number;
  /** time since 1970 minus the context’s at the loudspeaker */
  readonly heardSinceEpochMs: number;
}

/** Mean over two seconds of what the context says about its output, whose single answers are steps of a burst. */
export class OutputClock {
  #context: AudioContext;
  #answers: OutputLatency[] = [];

  constructor(context: AudioContext) {
    this.#context = context;
  }

  /** To be called some ten times a second. */
  look(): void {
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    const { baseLatency, outputLatency = 0, currentTime } = this.#context;
    // Browsers without the timestamp answer 0: then what was rendered now is heard after the reported latency.
    const heardMs =
      contextTime > 0 && performanceTime > 0
        ? performanceTime - 1000 * contextTime
        : performance.now() + 1000 * (outputLatency - currentTime);
    const outputMs = 1000 * (baseLatency + outputLatency);
    this.#answers.push({ outputMs, heardSinceEpochMs: performance.timeOrigin + heardMs });
    if (this.#answers.length > 40) this.#answers.shift();
  }

  /** null before the first look */
  get latency(): OutputLatency | null {
    const count = this.#answers.length;
    if (count === 0) return null;
    const meanOf = (name: keyof OutputLatency) =>
      this.#answers.reduce((sum, answer) => sum + answer[name], 0) / count;
    return { outputMs: meanOf('outputMs'), heardSinceEpochMs: meanOf('heardSinceEpochMs') };
  }
}
