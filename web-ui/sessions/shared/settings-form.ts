import { css, html, LitElement } from 'lit';
import { checkSettings, type SessionSettings } from '../../../host/sessions/protocol/index.ts';
import { base } from '../../src/styles.ts';
import { form } from './form-styles.ts';
import {
  fieldOf,
  settingFields,
  type SettingName,
  sliderOf,
  withConsequences,
} from './settings-fields.ts';

/** Fired with what was changed; only values that the server takes. */
export type SettingsChange = CustomEvent<Partial<SessionSettings>>;

/** The settings of a session or of a file, with their units and limits. */
export class SettingsForm extends LitElement {
  static override properties = {
    settings: { attribute: false },
    names: { attribute: false },
    changeable: { attribute: false },
    draft: { state: true },
  };
  declare settings: SessionSettings;
  declare names: readonly SettingName[];
  /** null: all */
  declare changeable: readonly SettingName[] | null;
  /** what was typed and is not valid (yet) */
  declare draft: Partial<SessionSettings>;
  static override styles = [
    base,
    form,
    css`
      .fields {
        display: grid;
        gap: 10px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 8px;
      }
      .number {
        display: grid;
        grid-template-columns: 1fr 84px;
        gap: 10px;
        align-items: center;
      }
      .switch {
        display: flex;
        align-items: center;
        gap: 8px;
      }
    `,
  ];

  constructor() {
    super();
    this.names = Object.keys(settingFields) as SettingName[];
    this.changeable = null;
    this.draft = {};
  }

  #change(change: Partial<SessionSettings>): void {
    const isChoice = 'algorithm' in change || 'channels' in change;
    const asked = { ...this.draft, ...change };
    const draft = isChoice ? withConsequences({ ...this.settings, ...asked }) : asked;
    const wanted = { ...this.settings, ...draft };
    const isFine = checkSettings(wanted) === null;
    this.draft = isFine ? {} : draft;
    if (isFine) this.dispatchEvent(new CustomEvent('settings-change', { detail: draft }));
  }

  #field(name: SettingName, value: SessionSettings[SettingName], fault: string) {
    const field = fieldOf(name, { ...this.settings, ...this.draft });
    const isDisabled = this.changeable !== null && !this.changeable.includes(name);
    const alert = html`<p class="failure small" id="fault-${name}" role="alert">${fault}</p>`;
    if (field.kind === 'switch')
      return html`<div class="switch">
        <input
          id=${name}
          type="checkbox"
          .checked=${value === true}
          ?disabled=${isDisabled}
          @change=${(event: Event) =>
            this.#change({ [name]: (event.target as HTMLInputElement).checked })}
        /><label for=${name}>${field.label}</label>
      </div>`;
    if (field.kind === 'choice')
      return html`<div>
        <label for=${name}>${field.label}</label>
        <select
          id=${name}
          ?disabled=${isDisabled}
          aria-describedby="fault-${name}"
          @change=${(event: Event) => {
            const chosen = (event.target as HTMLSelectElement).value;
            this.#change({ [name]: name === 'channels' ? Number(chosen) : chosen });
          }}
        >
          ${field.options.map(
            (option) =>
              html`<option value=${option.value} .selected=${option.value === String(value)}>
                ${option.text}
              </option>`,
          )}
        </select>
        ${alert}
      </div>`;
    const slider = sliderOf(field);
    const number = value as number;
    const { min, max, unit, words } = field;
    return html`<div>
      <div class="head">
        <label for=${name}>${field.label} <span class="soft">${unit}</span></label>
        <span class="soft small">${words?.(number) ?? ''}</span>
      </div>
      <div class="number">
        <input
          id=${name}
          type="range"
          min="0"
          max=${slider.positions}
          .value=${String(slider.toPosition(number))}
          aria-valuetext="${number} ${unit}"
          ?disabled=${isDisabled}
          @input=${(event: Event) =>
            this.#change({
              [name]: slider.toValue(Number((event.target as HTMLInputElement).value)),
            })}
        />
        <input
          type="number"
          aria-label="${field.label} as a number"
          aria-describedby="fault-${name}"
          min=${min}
          max=${max}
          step="any"
          .value=${String(number)}
          ?disabled=${isDisabled}
          @change=${(event: Event) =>
            this.#change({ [name]: (event.target as HTMLInputElement).valueAsNumber })}
        />
      </div>
      ${alert}
    </div>`;
  }

  override render() {
    const shown = { ...this.settings, ...this.draft };
    const problem = checkSettings(shown);
    const isMono = shown.channels === 1;
    // Δ is of the line enhancer alone.
    const names = this.names.filter((name) => name !== 'delay' || isMono);
    return html`<div class="fields">
      ${names.map((name) => this.#field(name, shown[name], problem?.setting === name ? problem.hint : ''))}
      ${
        this.changeable
          ? html`<p class="soft small">
              What is greyed out needs a new session: stop, change, start.
            </p>`
          : ''
      }
    </div>`;
  }
}

customElements.define('anc-settings-form', SettingsForm);
