import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startChildProgram } from '../../testing/typescript-program.ts';
import { openTestDatabase } from '../../testing/test-database.ts';
import { openDatabase } from '../index.ts';
import { lockFolder } from './folder-lock.ts';

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'anc-lock-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const inUse = expect.objectContaining({ code: 'FOLDER_IN_USE', hint: expect.any(String) });

describe('the lock of a folder', () => {
  it('refuses a second holder until the first has gone', () => {
    const folder = newFolder();
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(inUse);
    expect(() => lockFolder(folder)).toThrow(`process ${process.pid}`);
    unlock();
    lockFolder(folder)();
  });

  it.each([
    ['is not there any more', 2 ** 22 + 1],
    ['had a number that another has now', process.pid],
  ])('is taken over from a process that %s', (_, pid) => {
    const folder = newFolder();
    const holder = { pid, startedAt: '1', host: hostname(), token: 't' };
    writeFileSync(join(folder, 'database.lock'), JSON.stringify(holder));
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(inUse);
    unlock();
  });

  it('of another host is believed for as long as it is touched', () => {
    const folder = newFolder();
    const path = join(folder, 'database.lock');
    writeFileSync(path, JSON.stringify({ pid: 1, startedAt: '1', host: 'elsewhere', token: 't' }));
    expect(() => lockFolder(folder)).toThrow(inUse);
    const old = new Date(Date.now() - 60_000);
    utimesSync(path, old, old);
    lockFolder(folder)();
  });

  it('that is damaged is taken over', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'database.lock'), '{');
    lockFolder(folder)();
  });
});

describe('PGlite in a folder', () => {
  it('is refused to a second process, and has all that was acknowledged when the first is killed', async () => {
    const template = await openTestDatabase('pglite');
    const { folder } = template.options;
    await template.database.close();
    const writer = await startChildProgram('host/sessions/testing/pglite-writer.ts', [folder]);
    const said: string[] = [];
    for await (const line of writer.lines) {
      said.push(line);
      if (said.length === 60) {
        await expect(openDatabase({ folder })).rejects.toEqual(inUse);
        await writer.end('SIGKILL');
      }
    }
    const [first, ...ids] = said;
    expect(first).toBe('open');
    const database = await openDatabase({ folder });
    const rows = await database.system((db) => db.selectFrom('users').select('id').execute());
    const there = new Set(rows.map(({ id }) => id));
    expect(ids.length).toBeGreaterThanOrEqual(59);
    expect(ids.filter((id) => !there.has(id))).toEqual([]);
    await database.close();
    await template.remove();
  });
});
