export type Theme = 'light' | 'dark';

const key = 'anc-theme';

function preferred(): Theme {
  const saved = localStorage.getItem(key);
  if (saved === 'light' || saved === 'dark') return saved;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function apply(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  dispatchEvent(new Event('anc-theme'));
}

export function theme(): Theme {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
}

/** As chosen before, else as the system says; follows the system until someone chooses. */
export function startTheme(): void {
  apply(preferred());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => apply(preferred()));
}

export function toggleTheme(): void {
  const next = theme() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(key, next);
  apply(next);
}
