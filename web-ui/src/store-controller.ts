import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { store, type Topic } from './store.ts';

/** Renders its element again when one of the topics changes. */
export class StoreController implements ReactiveController {
  #host: ReactiveControllerHost;
  #topics: readonly Topic[];
  #update = () => this.#host.requestUpdate();

  constructor(host: ReactiveControllerHost, topics: readonly Topic[]) {
    this.#host = host;
    this.#topics = topics;
    host.addController(this);
  }

  hostConnected(): void {
    for (const topic of this.#topics) store.addEventListener(topic, this.#update);
  }

  hostDisconnected(): void {
    for (const topic of this.#topics) store.removeEventListener(topic, this.#update);
  }
}
