import { escapeHtml } from '@anc/dsp-reference';

/** A paragraph of a sentence that has neither its capital nor its full stop. */
export const noteHtml = (text: string): string =>
  `<p>${escapeHtml(text.charAt(0).toUpperCase() + text.slice(1))}.</p>`;
