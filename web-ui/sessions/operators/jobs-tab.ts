import { html } from 'lit';
import { api } from '../shared/api-client.ts';
import { save } from '../shared/save.ts';
import { type Column, ListTab, time } from './list-tab.ts';
import type { JobView } from './views.ts';

const colours = {
  queued: 'soft',
  running: 'warn',
  retrying: 'warn',
  done: 'good',
  failed: 'bad',
  cancelled: 'soft',
} as const;

/** Work in the background: what failed for good is tried again, reports are fetched. */
export class JobsTab extends ListTab<JobView> {
  protected readonly path = '/jobs';
  protected readonly heading = 'Jobs';
  protected readonly columns: readonly Column<JobView>[] = [
    { title: 'kind', cell: ({ kind, id }) => html`<strong title=${id}>${kind}</strong>` },
    { title: 'state', cell: ({ state }) => html`<span class=${colours[state]}>${state}</span>` },
    { title: 'of', cell: ({ subjectId }) => subjectId?.slice(0, 8) ?? '–' },
    { title: 'tries', isNumber: true, cell: ({ tries, maxTries }) => `${tries} of ${maxTries}` },
    { title: 'ordered', cell: ({ createdAt }) => time(createdAt) },
    {
      title: 'took, s',
      isNumber: true,
      cell: ({ startedAt, endedAt }) =>
        startedAt && endedAt
          ? ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1)
          : '–',
    },
    {
      title: 'error',
      cell: ({ error }) => (error ? html`<code>${error.code}</code> ${error.message}` : ''),
    },
  ];

  protected actions({ id, kind, state }: JobView) {
    const post = (verb: string, done: string) =>
      void this.act(() => api.post(`/jobs/${id}/${verb}`), done);
    if (state === 'failed')
      return html`<button
        aria-label="Try ${kind} again"
        @click=${() => post('retry', 'The job is tried again.')}
      >
        Try again
      </button>`;
    if (state === 'done' && (kind === 'session-report' || kind === 'recording-analysis'))
      return html`<button
        aria-label="Save the page of ${kind}"
        @click=${() =>
          void this.act(
            async () =>
              save(`${kind}-${id}.html`, await api.getText(`/jobs/${id}/page`), 'text/html'),
            'The page is saved.',
          )}
      >
        Save
      </button>`;
    if (state === 'done' || state === 'cancelled') return '';
    return html`<anc-confirm-button
      text="Cancel"
      about=${kind}
      @confirmed=${() => post('cancel', 'The job is given up.')}
    ></anc-confirm-button>`;
  }
}

customElements.define('anc-jobs-tab', JobsTab);
