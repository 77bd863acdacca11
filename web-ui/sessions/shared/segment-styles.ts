import { css } from 'lit';

/** A radio group as one bar of segments. */
export const segments = css`
  fieldset {
    display: flex;
    gap: 3px;
    margin: 0;
    padding: 3px;
    border: 1px solid var(--line);
    border-radius: 9px;
    background: var(--page);
    min-width: 0;
  }
  fieldset legend {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  fieldset label {
    position: relative;
    flex: 1;
    padding: 7px 10px;
    border-radius: 7px;
    text-align: center;
    cursor: pointer;
  }
  fieldset label:has(:checked) {
    background: var(--accent);
    color: var(--on-accent);
  }
  fieldset label:has(:focus-visible) {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  fieldset label:has(:disabled) {
    cursor: default;
  }
  fieldset input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: inherit;
  }
`;
