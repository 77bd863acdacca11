import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const sessions = join(import.meta.dirname, '..');
const docs = readFileSync(join(sessions, '../../docs/security.md'), 'utf8');
const rows = docs
  .split('\n')
  .filter((line) => line.startsWith('| INV-'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number, , keptBy, tests]) => ({ number: number!, keptBy: keptBy!, tests: tests! }));

describe('docs/security.md', () => {
  it('numbers its invariants from one, each once', () => {
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, i) => `INV-${i + 1}`));
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows)('$number names code and tests that are there', ({ keptBy, tests }) => {
    for (const [, path] of keptBy.matchAll(/`([\w./-]+)`/g))
      if (path!.includes('/')) expect(existsSync(join(sessions, path!)), path).toBe(true);
    // As: `file`, "name of a test"; the dots of a name stand for anything.
    const named = [...tests.matchAll(/`([\w./-]+\.test\.ts)`(?:, "([^"]+)")?/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, path, name = ''] of named) {
      const source = readFileSync(join(sessions, path!), 'utf8');
      for (const part of name.split('…'))
        expect(source.includes(part.trim()), `${path}: ${name}`).toBe(true);
    }
  });
});
