import { css } from 'lit';

/** Fields, links, messages: what forms of all pages look like. */
export const form = css`
  label {
    font-weight: 600;
  }
  a {
    color: var(--accent);
  }
  input:not([type='range'], [type='checkbox'], [type='radio'], [type='file']),
  select {
    width: 100%;
    min-height: 32px;
    font: inherit;
    padding: 3px 8px;
    color: var(--text);
    background: var(--field);
    border: 1px solid var(--line);
    border-radius: 6px;
  }
  input[type='range'] {
    width: 100%;
    height: 24px;
    margin: 0;
    accent-color: var(--accent);
  }
  input[type='checkbox'] {
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--accent);
  }
  button.large {
    min-height: 42px;
    padding: 8px 18px;
    font-weight: 600;
    border-radius: 9px;
  }
  .failure {
    margin: 0;
    color: var(--bad);
  }
  .failure:empty {
    display: none;
  }
  .hint {
    color: var(--soft);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
