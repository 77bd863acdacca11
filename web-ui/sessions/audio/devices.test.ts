import { afterEach, describe, expect, it, vi } from 'vitest';
import { openContext, OutputClock } from './audio-context.ts';
import { openMicrophone } from './microphone.ts';

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code: string; hint: string }) => {
      expect(error.hint.length).toBeGreaterThan(10);
      return error.code;
    },
  );

afterEach(() => vi.unstubAllGlobals());

describe('microphone', () => {
  /** A browser whose microphone has these settings, or is refused with an error of that name. */
  const browser = (settings: object, refusal?: string) => {
    const stop = vi.fn();
    const asked = vi.fn(() =>
      refusal
        ? Promise.reject(new DOMException('no', refusal))
        : Promise.resolve({
            getAudioTracks: () => [{ label: 'desk', getSettings: () => settings }],
            getTracks: () => [{ stop }],
          }),
    );
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: asked } });
    return { stop, asked };
  };

  it.each([
    ['MICROPHONE_REFUSED', 'NotAllowedError'],
    ['MICROPHONE_NONE', 'NotFoundError'],
    ['MICROPHONE_NONE', 'OverconstrainedError'],
    ['MICROPHONE_BUSY', 'NotReadableError'],
    ['MICROPHONE_FAILED', 'AbortError'],
  ])('says %s for %s', async (code, refusal) => {
    browser({}, refusal);
    expect(await codeOf(openMicrophone(null, 1))).toBe(code);
  });

  it('says that the page came unsafely', async () => {
    vi.stubGlobal('navigator', {});
    expect(await codeOf(openMicrophone(null, 1))).toBe('MICROPHONE_INSECURE');
  });

  it('asks for the sound as it is, and tells what the browser does to it all the same', async () => {
    const { asked } = browser({ channelCount: 2, latency: 0.01, noiseSuppression: true });
    const microphone = await openMicrophone('mic-7', 2);
    expect(asked).toHaveBeenCalledWith({
      audio: {
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
        channelCount: { ideal: 2 },
        deviceId: { exact: 'mic-7' },
      },
    });
    expect(microphone).toMatchObject({
      label: 'desk',
      channels: 2,
      latencyMs: 10,
      processing: ['noiseSuppression'],
    });
  });

  it('refuses one channel for stereo, and lets the microphone go', async () => {
    const { stop } = browser({ channelCount: 1 });
    expect(await codeOf(openMicrophone(null, 2))).toBe('MICROPHONE_MONO');
    expect(stop).toHaveBeenCalledOnce();
    expect((await openMicrophone(null, 1)).latencyMs).toBeNull();
  });
});

describe('audio context', () => {
  const close = vi.fn(async () => {});
  const context = (state: string, sampleRate: number) =>
    vi.stubGlobal(
      'AudioContext',
      class {
        state = state;
        sampleRate = sampleRate;
        resume = async () => {};
        close = close;
      },
    );

  it('is refused at another rate, and when it does not start', async () => {
    context('running', 44_100);
    expect(await codeOf(openContext())).toBe('CONTEXT_RATE');
    context('suspended', 48_000);
    expect(await codeOf(openContext())).toBe('CONTEXT_SUSPENDED');
    expect(close).toHaveBeenCalledTimes(2);
    context('running', 48_000);
    expect(await codeOf(openContext())).toBeNull();
  });

  it('says when a frame is heard, with the timestamp of the output or without', () => {
    const clock = (timestamp: object) => {
      const now = performance.now();
      const output = new OutputClock({
        ...{ baseLatency: 0.01, outputLatency: 0.03, currentTime: now / 1000 - 5 },
        getOutputTimestamp: () => timestamp,
      } as unknown as AudioContext);
      expect(output.latency).toBeNull();
      output.look();
      return output.latency!;
    };
    const { outputMs, heardSinceEpochMs } = clock({ contextTime: 2, performanceTime: 9000 });
    expect(outputMs).toBeCloseTo(40, 6);
    expect(heardSinceEpochMs - performance.timeOrigin).toBeCloseTo(7000, 3);
    // Rendered five seconds late by the page's clock, and 30 ms more until it is heard.
    const without = clock({ contextTime: 0, performanceTime: 0 });
    expect(without.heardSinceEpochMs - performance.timeOrigin).toBeCloseTo(5030, -1);
  });
});
