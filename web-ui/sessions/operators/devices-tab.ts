import { css, html } from 'lit';
import { api } from '../shared/api-client.ts';
import { type Column, ListTab, time } from './list-tab.ts';
import { mayDo } from './rights.ts';
import type { DeviceView, ListPage, TelemetryView } from './views.ts';

/** The fleet, and what each headset last said of itself. */
export class DevicesTab extends ListTab<DeviceView> {
  static override properties = { ...ListTab.properties, shown: { state: true } };
  declare shown: { readonly device: DeviceView; readonly last: TelemetryView | null } | null;
  static override styles = [
    ...ListTab.styles,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
        gap: 2px 18px;
        margin: 6px 0 12px;
      }
      dl div {
        display: flex;
        justify-content: space-between;
        gap: 10px;
        border-bottom: 1px solid var(--grid);
      }
      dd {
        margin: 0;
        font-weight: 600;
      }
    `,
  ];
  protected readonly path = '/devices';
  protected readonly heading = 'Devices';
  protected readonly columns: readonly Column<DeviceView>[] = [
    {
      title: 'serial number',
      cell: ({ serialNumber, id }) => html`<strong title=${id}>${serialNumber}</strong>`,
    },
    { title: 'name', cell: ({ name }) => name || '–' },
    { title: 'board', cell: ({ board }) => board },
    { title: 'firmware', cell: ({ firmwareVersion }) => firmwareVersion },
    { title: 'last heard of', cell: ({ lastSeenAt }) => time(lastSeenAt) },
    { title: 'since', cell: ({ createdAt }) => time(createdAt) },
  ];

  constructor() {
    super();
    this.shown = null;
  }

  async #show(device: DeviceView): Promise<void> {
    const path = `/devices/${device.id}/telemetry?limit=1`;
    const { items } = await api.get<ListPage<TelemetryView>>(path);
    this.shown = { device, last: items[0] ?? null };
  }

  protected override bar() {
    if (!this.shown) return '';
    const { device, last } = this.shown;
    if (!last) return html`<p role="status">${device.serialNumber} has sent no telemetry yet.</p>`;
    return html`<section aria-label="Last telemetry">
      <h2>${device.serialNumber}, ${time(last.at)}</h2>
      <dl>
        ${Object.entries(last.values).map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd class="number">${String(value)}</dd>
            </div>`,
        )}
      </dl>
    </section>`;
  }

  protected actions(device: DeviceView) {
    const { id, serialNumber } = device;
    return html`<button
        aria-label="Telemetry of ${serialNumber}"
        @click=${() => void this.act(() => this.#show(device), '')}
      >
        Telemetry
      </button>
      ${
        mayDo(api.user, 'devices:write')
          ? html`<anc-confirm-button
              text="Remove"
              about=${serialNumber}
              @confirmed=${() =>
                void this.act(() => api.delete(`/devices/${id}`), `${serialNumber} has left.`)}
            ></anc-confirm-button>`
          : ''
      }`;
  }
}

customElements.define('anc-devices-tab', DevicesTab);
