import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type {
  ParameterDescription,
  ParameterScalar,
  ParameterState,
} from '../../../host/server/panel-protocol.ts';
import { scalar, words } from '../format.ts';
import { sliderScale } from '../slider-scale.ts';
import { store } from '../store.ts';
import { base } from '../styles.ts';
import { Throttle } from '../throttle.ts';

const sendIntervalMs = 50;
/** After a change by hand, for how long what the headset reports does not move the slider. */
const holdMs = 600;

/** One parameter: slider and field, or switch, or list; value, stored, default. */
export class ParameterRow extends LitElement {
  static override properties = {
    parameter: { attribute: false },
    state: { attribute: false },
    enabled: { type: Boolean },
    draft: { state: true },
    failure: { state: true },
  };
  declare parameter: ParameterDescription;
  declare state: ParameterState;
  declare enabled: boolean;
  /** What the user has chosen and the headset has not yet confirmed. */
  declare draft: ParameterScalar | null;
  declare failure: string;

  static override styles = [
    base,
    css`
      .head {
        display: flex;
        align-items: baseline;
        gap: 8px;
      }
      label,
      .name {
        font-weight: 600;
      }
      .dirty {
        color: var(--warn);
        font-size: 12px;
        font-weight: 600;
      }
      .controls {
        display: grid;
        grid-template-columns: 1fr 92px;
        gap: 8px;
        align-items: center;
      }
      input[type='range'] {
        width: 100%;
        margin: 0;
        height: 24px;
        accent-color: var(--accent);
      }
      input[type='number'],
      select {
        width: 100%;
        font: inherit;
        padding: 2px 6px;
        color: var(--text);
        background: var(--field);
        border: 1px solid var(--line);
        border-radius: 5px;
      }
      select {
        grid-column: 1 / -1;
      }
      input[type='checkbox'] {
        width: 18px;
        height: 18px;
        margin: 2px 0;
        accent-color: var(--accent);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
        font-size: 12px;
        color: var(--soft);
      }
      .foot button {
        padding: 0 4px;
        border: none;
        background: none;
        color: var(--accent);
        font-size: 12px;
        text-decoration: underline;
      }
      .help {
        margin: 2px 0;
        font-size: 12px;
        color: var(--soft);
      }
      .failure {
        margin: 2px 0 0;
        font-size: 12px;
        color: var(--bad);
      }
    `,
  ];
  #throttle = new Throttle<ParameterScalar>(sendIntervalMs, (value) => void this.#send(value));
  #hold: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.enabled = false;
    this.draft = null;
    this.failure = '';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#hold);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('enabled') && !this.enabled) this.draft = null;
  }

  #change(value: ParameterScalar): void {
    this.draft = value;
    this.#throttle.put(value);
  }

  async #send(value: ParameterScalar): Promise<void> {
    clearTimeout(this.#hold);
    try {
      await store.send({ command: 'setParameter', name: this.parameter.name, value });
      this.failure = '';
    } catch (error) {
      this.failure = (error as Error).message;
      this.draft = null;
    }
    this.#hold = setTimeout(() => (this.draft = null), holdMs);
  }

  async #restore(command: 'revert' | 'reset'): Promise<void> {
    try {
      await store.send({ command, names: [this.parameter.name] });
      this.failure = '';
    } catch (error) {
      this.failure = (error as Error).message;
    }
    this.draft = null;
  }

  #number(value: number) {
    const { min, max, step, name } = this.parameter;
    const scale = sliderScale(this.parameter);
    const onSlider = (event: Event) =>
      this.#change(scale.toValue(Number((event.target as HTMLInputElement).value)));
    const onField = (event: Event) => {
      const field = event.target as HTMLInputElement;
      if (field.value === '' || !field.checkValidity()) {
        this.failure = `${field.value || 'nothing'} is not within ${min} to ${max}`;
        field.value = String(value);
      } else this.#change(Number(field.value));
    };
    return html`<div class="controls">
      <input
        id="control"
        type="range"
        min="0"
        max=${scale.positions}
        step="1"
        .value=${String(scale.toPosition(value))}
        aria-valuetext=${scalar(value, this.parameter)}
        ?disabled=${!this.enabled}
        @input=${onSlider}
      />
      <input
        type="number"
        aria-label="${words(name)} as a number"
        min=${min}
        max=${max}
        step="any"
        .value=${String(value)}
        data-step=${step}
        ?disabled=${!this.enabled}
        @change=${onField}
      />
    </div>`;
  }

  #choice(value: ParameterScalar) {
    return html`<div class="controls">
      <select
        id="control"
        ?disabled=${!this.enabled}
        @change=${(event: Event) => this.#change((event.target as HTMLSelectElement).value)}
      >
        ${this.parameter.values.map((text) => html`<option value=${text} .selected=${text === value}>${text}</option>`)}
      </select>
    </div>`;
  }

  #switch(value: boolean) {
    return html`<input
      id="control"
      type="checkbox"
      role="switch"
      .checked=${value}
      ?disabled=${!this.enabled}
      @change=${(event: Event) => this.#change((event.target as HTMLInputElement).checked)}
    />`;
  }

  #control(value: ParameterScalar) {
    if (this.parameter.type === 'int') return this.#number(Number(value));
    return this.parameter.type === 'bool' ? this.#switch(value === true) : this.#choice(value);
  }

  override render() {
    const { parameter, state } = this;
    const value = this.draft ?? state.value;
    const isDirty = parameter.persistent && state.value !== state.stored;
    const isDefault = state.value === state.default;
    const unit = parameter.unit && parameter.unit !== '1' ? parameter.unit : '';
    const button = (text: string, command: 'revert' | 'reset') =>
      html`<button
        ?disabled=${!this.enabled}
        aria-label="${words(parameter.name)}: ${text}"
        @click=${() => void this.#restore(command)}
      >
        ${text}
      </button>`;
    const range =
      parameter.type === 'int'
        ? `${scalar(parameter.min, parameter)} to ${scalar(parameter.max, parameter)}, step ${parameter.step}. `
        : '';
    return html`
      <div class="head">
        <label for="control"
          >${words(parameter.name)}${unit ? html` <span class="soft">${unit}</span>` : ''}</label
        >
        ${isDirty ? html`<span class="dirty">not stored</span>` : ''}
      </div>
      ${this.#control(value)}
      <div class="foot number">
        ${parameter.persistent ? html`<span>stored ${scalar(state.stored, parameter)}</span>` : html`<span>not kept</span>`}
        <span>default ${scalar(state.default, parameter)}</span>
        ${isDirty ? button('revert', 'revert') : nothing}
        ${isDefault ? nothing : button('default', 'reset')}
      </div>
      <p class="help">${range}${parameter.help}</p>
      ${this.failure ? html`<p class="failure" role="alert">${this.failure}</p>` : ''}
    `;
  }
}

customElements.define('anc-parameter-row', ParameterRow);
