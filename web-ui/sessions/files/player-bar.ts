import { css, html, LitElement, type PropertyValues } from 'lit';
import { base, card } from '../../src/styles.ts';
import { form } from '../shared/form-styles.ts';
import '../shared/level-meter.ts';
import { segments } from '../shared/segment-styles.ts';
import type { Player, Side } from './player.ts';

const shownMs = 100;

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Play and pause, where, before or after, how loud. */
export class PlayerBar extends LitElement {
  static override properties = { player: { attribute: false } };
  declare player: Player;
  static override styles = [
    base,
    card,
    form,
    segments,
    css`
      :host {
        display: grid;
        gap: 10px;
      }
      .row {
        display: grid;
        grid-template-columns: 92px minmax(0, 1fr) 100px 220px;
        gap: 12px;
        align-items: center;
      }
      @media (max-width: 700px) {
        .row {
          grid-template-columns: 92px minmax(0, 1fr);
        }
        fieldset {
          grid-column: 1 / -1;
        }
      }
    `,
  ];
  #timer: ReturnType<typeof setInterval> | undefined;
  #update = () => this.requestUpdate();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('player')) return;
    this.player.addEventListener('change', this.#update);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.player.isPlaying && this.requestUpdate(), shownMs);
  }

  #side(side: Side, text: string) {
    return html`<label
      ><input
        type="radio"
        name="side"
        .checked=${this.player.side === side}
        @change=${() => {
          this.player.side = side;
          this.requestUpdate();
        }}
      />${text}</label
    >`;
  }

  override render() {
    const { player } = this;
    const { isPlaying, positionS, durationS, side } = player;
    const place = `${clock(positionS)} of ${clock(durationS)}`;
    return html`
      <div class="row">
        <button class="large" @click=${() => (isPlaying ? player.pause() : void player.play())}>
          ${isPlaying ? 'Pause' : 'Play'}
        </button>
        <input
          type="range"
          aria-label="Position"
          aria-valuetext=${place}
          min="0"
          max=${durationS}
          step="0.01"
          .value=${String(positionS)}
          @input=${(event: Event) => {
            player.seek((event.target as HTMLInputElement).valueAsNumber);
            this.requestUpdate();
          }}
        />
        <span class="number soft">${place}</span>
        <fieldset>
          <legend>What is heard</legend>
          ${this.#side('before', 'Before')}${this.#side('after', 'After')}
        </fieldset>
      </div>
      <anc-level-meter
        label="Level"
        colour=${side === 'before' ? 'off' : 'on'}
        .value=${player.levelDbfs}
      ></anc-level-meter>
    `;
  }
}

customElements.define('anc-player-bar', PlayerBar);
