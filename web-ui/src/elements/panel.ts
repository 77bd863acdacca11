import { css, html, LitElement } from 'lit';
import '../charts/band-chart.ts';
import '../charts/level-chart.ts';
import '../charts/spectrum-chart.ts';
import '../charts/weights-chart.ts';
import { StoreController } from '../store-controller.ts';
import { store } from '../store.ts';
import { base } from '../styles.ts';
import './event-log.ts';
import './headline.ts';
import './link-status.ts';
import './mode-switch.ts';
import './notice.ts';
import './parameter-form.ts';
import './status-bar.ts';

/** The whole page. */
export class Panel extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100vh;
        min-height: 690px;
      }
      main {
        flex: 1;
        min-height: 0;
        width: 100%;
        display: grid;
        gap: 10px;
        padding: 10px;
        max-width: 1900px;
        margin: 0 auto;
        grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr) 350px;
        grid-template-rows: auto minmax(200px, 1fr) minmax(200px, 1fr);
        grid-template-areas:
          'headline headline side'
          'level spectrum side'
          'bands weights side';
      }
      .stale {
        opacity: 0.55;
      }
      .headline {
        grid-area: headline;
      }
      anc-level-chart {
        grid-area: level;
      }
      anc-spectrum-chart {
        grid-area: spectrum;
      }
      anc-band-chart {
        grid-area: bands;
      }
      anc-weights-chart {
        grid-area: weights;
      }
      .side {
        grid-area: side;
        display: flex;
        flex-direction: column;
        gap: 10px;
        min-height: 0;
      }
      anc-parameter-form {
        flex: 2.4;
        min-height: 0;
      }
      anc-event-log {
        flex: 1;
        min-height: 120px;
      }
      @media (max-width: 1100px) {
        :host {
          height: auto;
        }
        main {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          grid-template-rows: auto 260px 260px auto;
          grid-template-areas: 'headline headline' 'level spectrum' 'bands weights' 'side side';
        }
        anc-parameter-form {
          flex: none;
        }
        anc-event-log {
          flex: none;
          height: 260px;
        }
      }
      @media (max-width: 700px) {
        main {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto 230px 230px 230px auto 200px;
          grid-template-areas: 'headline' 'level' 'bands' 'spectrum' 'side' 'weights';
          padding: 8px;
        }
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['server', 'device']);
  }

  override render() {
    const stale = store.isConnected ? '' : 'stale';
    return html`
      <anc-status-bar></anc-status-bar>
      <anc-notice></anc-notice>
      <main>
        <anc-headline class="headline"></anc-headline>
        <anc-level-chart class=${stale}></anc-level-chart>
        <anc-spectrum-chart class=${stale}></anc-spectrum-chart>
        <anc-band-chart class=${stale}></anc-band-chart>
        <anc-weights-chart class=${stale}></anc-weights-chart>
        <div class="side">
          <anc-parameter-form></anc-parameter-form>
          <anc-event-log></anc-event-log>
        </div>
      </main>
    `;
  }
}

customElements.define('anc-panel', Panel);
