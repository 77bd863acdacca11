import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { redactor, serialAlias } from './redact.ts';
import { zip } from './zip.ts';

const python = spawnSync('python3', ['-c', 'import zipfile']).status === 0;
if (!python)
  process.stderr.write('skipped: zip files as others read them, because python3 is missing\n');

describe('a zip file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anc-zip-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'x.zip');

  test.skipIf(!python)('is what another implementation reads, bytes and names and date', () => {
    const entries = [
      { name: 'empty.txt', bytes: new Uint8Array(0) },
      { name: 'größe.json', bytes: Buffer.from('{"µ": 0.004}\n') },
      { name: 'long.txt', bytes: Buffer.from('taps '.repeat(50_000)) },
      { name: 'noise', bytes: Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31) >> 3) },
    ];
    writeFileSync(file, zip(entries, new Date('2026-03-04T05:06:08Z')));
    const program = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([[i.filename, z.read(i).hex(), list(i.date_time)] for i in z.infolist()]))`;
    const { stdout, stderr } = spawnSync('python3', ['-c', program, file], {
      maxBuffer: 1e8,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(
      entries.map(({ name, bytes }) => [
        name,
        Buffer.from(bytes).toString('hex'),
        [2026, 3, 4, 5, 6, 8],
      ]),
    );
    expect(readFileSync(file).length).toBeLessThan(8000);
  });
});

describe('the redactor', () => {
  const redact = redactor({
    env: {
      API_TOKEN: 'hunter2-hunter2',
      DB_PASSWORD: 'pa"ss\\word',
      SHORT_KEY: 'abc',
      DATABASE_URL: 'postgres://u:pw@h/db',
      LANG: 'de_CH.UTF-8',
    },
    homeFolder: '/home/maria',
    userName: 'maria',
    hostName: 'marias-laptop',
    serialNumber: 'HS-2291',
  });
  const alias = serialAlias('HS-2291');

  test.each([
    ['token hunter2-hunter2!', 'token <secret>!'],
    [JSON.stringify({ p: 'pa"ss\\word' }), '{"p":"<secret>"}'],
    ['url postgres://u:pw@h/db', 'url <secret>'],
    ['abc de_CH.UTF-8', 'abc de_CH.UTF-8'],
    ['open /home/maria/ears/left.json', 'open ~/ears/left.json'],
    ['sim:?paths=%2Fhome%2Fmaria%2Fx', 'sim:?paths=~%2Fx'],
    ['/home/otto/a /Users/Eve/b', '~/a ~/b'],
    ['C:\\Users\\Eve\\b', '~\\b'],
    [JSON.stringify('C:\\Users\\Eve\\b'), '"~\\\\b"'],
    ['maria at marias-laptop', '<user> at <host>'],
    ['mariachi', 'mariachi'],
    ['headset HS-2291, HS-22910', `headset ${alias}, HS-22910`],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test('a serial number as short as V1 goes from its field, and from nowhere else', () => {
    const short = redactor({
      env: {},
      homeFolder: '',
      userName: '',
      hostName: '',
      serialNumber: 'V1',
    });
    expect(short('{"serialNumber": "V1", "version": "V1"}')).toBe(
      `{"serialNumber": "${serialAlias('V1')}", "version": "V1"}`,
    );
  });

  test('a serial number that may be told stays', () => {
    const open = redactor({
      env: {},
      homeFolder: '',
      userName: '',
      hostName: '',
      serialNumber: '',
    });
    expect(open('"serialNumber":"HS-2291"')).toBe('"serialNumber":"HS-2291"');
  });
});
