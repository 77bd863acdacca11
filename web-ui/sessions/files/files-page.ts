import { css, html, LitElement } from 'lit';
import { StoreController } from '../../src/store-controller.ts';
import { base } from '../../src/styles.ts';
import '../shared/page-header.ts';
import './drop-zone.ts';
import './file-result.ts';
import './file-settings.ts';
import './file-spectrum.ts';
import { store } from './files-store.ts';
import './player-bar.ts';

/** Drop a recording, get it cleaned, compare, save. Nothing leaves the browser. */
export class FilesPage extends LitElement {
  static override styles = [
    base,
    css`
      main {
        display: grid;
        gap: 10px;
        padding: 10px;
        max-width: 1500px;
        margin: 0 auto;
        grid-template-columns: minmax(0, 1fr);
        align-items: start;
      }
      .two {
        grid-template-columns: 330px minmax(0, 1fr);
      }
      .results {
        display: grid;
        gap: 10px;
        min-width: 0;
      }
      .notice {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
        padding: 9px 14px;
        border-bottom: 1px solid var(--line);
        border-left: 4px solid var(--bad);
        background: var(--card);
      }
      anc-file-spectrum {
        height: 340px;
      }
      @media (max-width: 900px) {
        main {
          padding: 8px;
        }
        .two {
          grid-template-columns: minmax(0, 1fr);
        }
        anc-file-spectrum {
          height: 270px;
        }
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['state', 'result']);
  }

  override render() {
    const { error, recording, cleaned, player } = store;
    return html`
      <anc-page-header page="files"></anc-page-header>
      ${
        error
          ? html`<div class="notice" role="alert">
              <strong>${error.message}</strong><span class="soft">${error.hint ?? ''}</span
              ><code class="soft small">${error.code}</code>
            </div>`
          : ''
      }
      <main class=${recording ? 'two' : ''}>
        ${recording ? html`<anc-file-settings></anc-file-settings>` : ''}
        <div class="results">
          <anc-drop-zone></anc-drop-zone>
          ${cleaned ? html`<anc-file-result></anc-file-result>` : ''}
          ${player ? html`<anc-player-bar .player=${player}></anc-player-bar>` : ''}
          ${cleaned?.spectra ? html`<anc-file-spectrum></anc-file-spectrum>` : ''}
        </div>
      </main>
    `;
  }
}

customElements.define('anc-files-page', FilesPage);
