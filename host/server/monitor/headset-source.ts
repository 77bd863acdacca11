import type { Headset } from '../headset.ts';

const retryMs = 2000;

/** Gets a headset, for as long as it takes: one that is not there yet may be plugged in later. */
export class HeadsetSource {
  readonly uri: string;
  #connect: () => Promise<Headset>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(uri: string, connect: () => Promise<Headset>) {
    this.uri = uri;
    this.#connect = connect;
  }

  /** `onHeadset` is called once; `onError` after each failed attempt. */
  start(onHeadset: (headset: Headset) => void, onError: (error: unknown) => void): void {
    const attempt = async () => {
      try {
        const headset = await this.#connect();
        if (this.#closed) await headset.close();
        else onHeadset(headset);
      } catch (error) {
        if (this.#closed) return;
        onError(error);
        this.#timer = setTimeout(attempt, retryMs);
      }
    };
    void attempt();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
