import { expect, test } from 'vitest';
import type { ApiCaller } from '../../testing/api-caller.ts';
import type { TestServer } from '../../testing/test-server.ts';

const headset = { board: 'virtual-i2s', firmwareVersion: '0.1.0' };
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

async function newDevice(caller: ApiCaller, serialNumber: string) {
  const { body } = await caller.expecting(201, 'POST', '/devices', { ...headset, serialNumber });
  return body as { id: string; serialNumber: string };
}

export function deviceSuite(server: () => TestServer): void {
  test('a device joins once, is found, and leaves with its telemetry', async () => {
    const engineer = await server().user('engineer');
    const device = await newDevice(engineer, 'ANC-1');
    const again = { ...headset, serialNumber: 'ANC-1' };
    expect((await engineer.send('POST', '/devices', again)).body.code).toBe('CONFLICT');
    expect((await engineer.get('/devices?serialNumber=ANC-1')).body.items).toEqual([device]);
    expect((await engineer.get('/devices?board=other')).body.items).toEqual([]);
    expect((await engineer.get(`/devices/${device.id}`)).body).toEqual(device);
    await engineer.expecting(204, 'DELETE', `/devices/${device.id}`);
    expect((await engineer.get(`/devices/${device.id}`)).body.code).toBe('NOT_FOUND');
  });

  test('telemetry comes one by one and in batches, and is read in pages', async () => {
    const engineer = await server().user('engineer');
    const { id } = await newDevice(engineer, 'ANC-2');
    const path = `/devices/${id}/telemetry`;
    const one = { at: at(0), values: { errorMeanSquare: 0.25, mode: 'anc', clipped: false } };
    expect((await engineer.expecting(202, 'POST', path, one)).body).toEqual({ accepted: 1 });
    const entries = Array.from({ length: 500 }, (_, i) => ({ at: at(i + 1), values: { i } }));
    const batch = await engineer.expecting(202, 'POST', `${path}/batch`, { entries });
    expect(batch.body).toEqual({ accepted: 500 });
    expect((await engineer.get(`/devices/${id}`)).body.lastSeenAt).not.toBeNull();

    const first = await engineer.get(`${path}?limit=200`);
    const second = await engineer.get(`${path}?limit=200&cursor=${first.body.next}`);
    const third = await engineer.get(`${path}?limit=200&cursor=${second.body.next}`);
    const all = [first, second, third].flatMap(({ body }) => body.items);
    expect(all.map((row) => row.at)).toEqual([...entries.map((e) => e.at).reverse(), at(0)]);
    expect(all.at(-1).values).toEqual(one.values);
    expect(third.body.next).toBeNull();
    const part = await engineer.get(`${path}?from=${at(10)}&to=${at(13)}`);
    expect(part.body.items.map((row: { at: string }) => row.at)).toEqual([at(12), at(11), at(10)]);
  });

  test.each([
    ['a bad time', { at: 'yesterday', values: { a: 1 } }],
    ['no values', { at: at(0), values: {} }],
    ['a nested value', { at: at(0), values: { a: { b: 1 } } }],
    ['a name that is none', { at: at(0), values: { 'a b': 1 } }],
    ['a prototype', JSON.parse(`{"at":"${at(0)}","values":{"__proto__":1}}`)],
    ['what jsonb cannot hold', { at: at(0), values: { a: '\u0000' } }],
    ['broken Unicode', { at: at(0), values: { a: '\ud800' } }],
    [
      'too many values',
      { at: at(0), values: Object.fromEntries([...Array(65).keys()].map((i) => [`v${i}`, i])) },
    ],
  ])('telemetry is refused: %s', async (_name, body) => {
    const engineer = await server().user('engineer');
    const { id } = await newDevice(engineer, 'ANC-3');
    const answer = await engineer.send('POST', `/devices/${id}/telemetry`, body);
    expect(answer.body).toMatchObject({ code: 'BODY_INVALID', status: 400 });
  });

  test('of a batch with one bad entry nothing is kept', async () => {
    const engineer = await server().user('engineer');
    const { id } = await newDevice(engineer, 'ANC-4');
    const entries = [
      { at: at(1), values: { a: 1 } },
      { at: at(2), values: { a: [] } },
    ];
    const answer = await engineer.send('POST', `/devices/${id}/telemetry/batch`, { entries });
    expect(answer.body.errors[0].path).toMatch(/^entries\.1\.values/);
    expect((await engineer.get(`/devices/${id}/telemetry`)).body.items).toEqual([]);
  });

  test('engineers see the fleet and change their own; viewers see their own alone', async () => {
    const [one, two, viewer] = [
      await server().user('engineer'),
      await server().user('engineer'),
      await server().user(),
    ];
    const { id } = await newDevice(one, 'ANC-5');
    expect((await two.get(`/devices/${id}`)).body.serialNumber).toBe('ANC-5');
    const entry = { at: at(0), values: { a: 1 } };
    expect((await two.send('POST', `/devices/${id}/telemetry`, entry)).body.code).toBe(
      'NOT_PERMITTED',
    );
    expect((await two.send('DELETE', `/devices/${id}`)).body.code).toBe('NOT_PERMITTED');
    expect((await viewer.get(`/devices/${id}`)).body.code).toBe('NOT_FOUND');
    const mine = { ...headset, serialNumber: 'ANC-6' };
    expect((await viewer.send('POST', '/devices', mine)).body.code).toBe('ROLE_TOO_LOW');
  });

  test('noises of devices are kept, filtered and seen by those who may', async () => {
    const engineer = await server().user('engineer');
    const { id: deviceId } = await newDevice(engineer, 'ANC-7');
    const event = { deviceId, at: at(1), kind: 'siren', confidence: 0.9, levelDbfs: -20 };
    const made = await engineer.expecting(201, 'POST', '/noise-events', {
      ...event,
      emergency: true,
    });
    expect(made.body).toMatchObject({ ...event, emergency: true, sessionId: null });
    await engineer.expecting(201, 'POST', '/noise-events', { ...event, kind: 'hum', at: at(2) });
    const find = async (query: string) =>
      (await engineer.get(`/noise-events?deviceId=${deviceId}&${query}`)).body.items.map(
        ({ kind }: { kind: string }) => kind,
      );
    expect(await find('')).toEqual(['hum', 'siren']);
    expect(await find('kind=hum')).toEqual(['hum']);
    expect(await find('emergency=true')).toEqual(['siren']);
    expect(await find(`from=${at(2)}`)).toEqual(['hum']);
    const viewer = await server().user();
    expect((await viewer.get(`/noise-events?deviceId=${deviceId}`)).body.items).toEqual([]);
    const other = await server().user('engineer');
    expect((await other.send('POST', '/noise-events', event)).body.code).toBe('NOT_PERMITTED');
    const loud = { ...event, confidence: 2 };
    expect((await engineer.send('POST', '/noise-events', loud)).body.code).toBe('BODY_INVALID');
  });
}
