import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Renders its element again when one of the store's topics changes. */
export class StoreController implements ReactiveController {
  #host: ReactiveControllerHost;
  #store: EventTarget;
  #topics: readonly string[];
  #update = () => this.#host.requestUpdate();

  constructor(host: ReactiveControllerHost, store: EventTarget, topics: readonly string[]) {
    this.#host = host;
    this.#store = store;
    this.#topics = topics;
    host.addController(this);
  }

  hostConnected(): void {
    for (const topic of this.#topics) this.#store.addEventListener(topic, this.#update);
  }

  hostDisconnected(): void {
    for (const topic of this.#topics) this.#store.removeEventListener(topic, this.#update);
  }
}
