import { request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { AncError } from './errors.ts';
import type { Headset, HeadsetListener } from './headset.ts';
import type { ParameterState, ServerMessage, Snapshot } from './panel-protocol.ts';
import { type PanelServer, startServer } from './start-server.ts';

const rate = 48000;

/** A headset without a link: parameters in a map, and signals that the test makes. */
class FakeHeadset implements Headset {
  readonly uri = 'tcp://fake:1';
  state = 'connected' as const;
  readonly info = {
    board: 'fake',
    serialNumber: 'F1',
    firmwareVersion: '9',
    protocolVersion: 1,
    sampleRateHz: rate,
    addedLatencySamples: 5,
    resetReason: 'powerOn',
    storeValid: true,
  };
  readonly groups = [{ id: 'control', title: 'Control' }];
  readonly dictionary = [];
  readonly calls: unknown[] = [];
  readonly parameters = new Map<string, ParameterState>([
    ['mode', { name: 'mode', value: 'anc', stored: 'off', default: 'off' }],
  ]);
  listener: HeadsetListener | null = null;
  index = 0;

  listen(listener: HeadsetListener): () => void {
    this.listener = listener;
    return () => (this.listener = null);
  }
  setSignalChannels = async () => {};
  listParameters = async () => [...this.parameters.values()];
  setMode = async (mode: string) => this.setParameter('mode', mode);
  async setParameter(name: string, value: string | number | boolean): Promise<void> {
    const known = this.parameters.get(name);
    if (!known) throw new AncError('UNKNOWN_PARAMETER', `no parameter '${name}'`);
    this.parameters.set(name, { ...known, value });
  }
  storeParameters = async () => void this.calls.push('store');
  revertParameters = async () => {};
  resetParameters = async () => {};
  guardClear = async () => {};
  resetWeights = async () => {};
  readWeights = async () => new Float64Array(4).fill(0.5);
  readDeviceCounters = async () => ({ deviceDamaged: 0, deviceDropped: 0 });
  linkCounters = () => ({ lost: { signals: 2 }, damaged: 1 });
  close = async () => void this.calls.push('close');

  telemetry(): void {
    this.listener?.telemetry({
      sampleIndex: this.index,
      mode: 'anc',
      guard: 'normal',
      referenceMeanSquare: 0.01,
      errorMeanSquare: 0.0001,
      outputMeanSquare: 0.01,
      disturbanceMeanSquare: 0.01,
      referencePeak: 0.3,
      errorPeak: 0.1,
      outputPeak: 0.3,
      clippedSamples: 0,
      limitedSamples: 0,
      rollbacks: 0,
      cpuPermille: 250,
      deadlineMisses: 0,
      streamDropped: 0,
    });
  }

  /** White noise as the disturbance, and a tenth of it as the error: 20 dB in every band. */
  signals(seconds: number): void {
    const perFrame = 80;
    for (let frame = 0; frame < (seconds * rate) / perFrame; frame += 1) {
      const samples = Buffer.alloc(perFrame * 12);
      for (let i = 0; i < perFrame; i += 1) {
        const noise = Math.random() * 2 - 1;
        [noise, 0.1 * noise, 0, noise].forEach((v, c) =>
          samples.writeIntLE(Math.round(v * 4e6), 12 * i + 3 * c, 3),
        );
      }
      this.listener?.signals({ sampleIndex: this.index, channels: 15, samples });
      this.index += perFrame;
    }
  }
}

class Client {
  readonly messages: ServerMessage[] = [];
  readonly socket: WebSocket;
  #nextId = 1;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}ws`, { headers });
    this.socket.on('message', (data: Buffer) =>
      this.messages.push(JSON.parse(data.toString()) as ServerMessage),
    );
    this.socket.on('error', () => {});
  }

  async snapshot(): Promise<Snapshot> {
    await expect.poll(() => this.messages[0]?.type).toBe('snapshot');
    return this.messages[0] as Snapshot;
  }

  async run(command: Record<string, unknown>) {
    const id = this.#nextId++;
    this.socket.send(JSON.stringify({ id, ...command }));
    const reply = () =>
      this.messages.find((message) => message.type === 'reply' && message.id === id);
    await expect.poll(reply).toBeTruthy();
    return reply() as Extract<ServerMessage, { type: 'reply' }>;
  }
}

describe('the server', { timeout: 15_000 }, () => {
  let headset: FakeHeadset;
  let server: PanelServer;
  const clients: Client[] = [];
  const client = (headers?: Record<string, string>) => {
    const made = new Client(server.url, headers);
    clients.push(made);
    return made;
  };

  beforeEach(async () => {
    headset = new FakeHeadset();
    server = await startServer({ deviceUri: headset.uri, connect: async () => headset, port: 0 });
    await expect.poll(() => headset.listener).toBeTruthy();
  });
  afterEach(async () => {
    clients.splice(0).forEach(({ socket }) => socket.terminate());
    await server.close();
    await server.close();
    expect(headset.calls).toContain('close');
  });

  test('gives each browser all there is, then what changes', async () => {
    headset.telemetry();
    const { device, history } = await client().snapshot();
    expect(device).toMatchObject({ state: 'connected', info: { board: 'fake' } });
    expect(history.fine.errorDb.at(-1) ?? -40).toBeCloseTo(-40, 1);
    const second = client();
    await second.snapshot();
    await new Promise((resolve) => setTimeout(resolve, 60));
    headset.telemetry();
    await expect.poll(() => second.messages.some(({ type }) => type === 'telemetry')).toBe(true);
  });

  test('runs commands, answers each, and tells the others', async () => {
    const [first, second] = [client(), client()];
    await first.snapshot();
    await second.snapshot();
    expect(await first.run({ command: 'setMode', mode: 'off' })).toMatchObject({ ok: true });
    const told = () => second.messages.find(({ type }) => type === 'parameters');
    await expect.poll(told).toMatchObject({ parameters: [{ name: 'mode', value: 'off' }] });
    expect(await first.run({ command: 'setParameter', name: 'nope', value: 1 })).toMatchObject({
      ok: false,
      error: { code: 'UNKNOWN_PARAMETER' },
    });
    expect(await first.run({ command: 'dance' })).toMatchObject({ ok: false });
    expect(await first.run({ command: 'setMode', mode: 'loud' })).toMatchObject({ ok: false });
  });

  test('survives what is no JSON', async () => {
    const one = client();
    await one.snapshot();
    one.socket.send('{"id":');
    one.socket.send(Buffer.from([1, 2, 3]));
    expect(await one.run({ command: 'store' })).toMatchObject({ ok: true });
    expect(headset.calls).toContain('store');
  });

  test('finds 20 dB in signals that have 20 dB, in every octave and in the metrics', async () => {
    const one = client();
    await one.snapshot();
    headset.telemetry();
    headset.signals(4);
    const analysis = () =>
      one.messages.findLast((message) => message.type === 'analysis')?.analysis;
    await expect.poll(() => analysis()?.headline?.db).toBeCloseTo(20, 1);
    for (const { band, db } of analysis()!.octaves) expect(db, band).toBeCloseTo(20, 1);
    const metrics = await (await fetch(`${server.url}metrics`)).text();
    expect(Number(/anc_cancellation_db\{band="50-1000"\} (.*)/.exec(metrics)![1])).toBeCloseTo(
      20,
      0,
    );
    expect(metrics).toContain('anc_cpu_share 0.25');
    expect(metrics).toMatch(/# TYPE anc_latency_seconds histogram/);
    expect(metrics).toMatch(/# TYPE anc_errors_total counter/);
  });

  test('health: live and ready', async () => {
    expect((await fetch(`${server.url}api/v1/health/live`)).status).toBe(200);
    expect((await fetch(`${server.url}api/v1/health/ready`)).status).toBe(200);
    headset.listener!.state('reconnecting', { code: 'LINK_SILENT', message: 'gone', hint: null });
    expect((await fetch(`${server.url}api/v1/health/live`)).status).toBe(200);
    expect((await fetch(`${server.url}api/v1/health/ready`)).status).toBe(503);
    expect(await (await fetch(`${server.url}metrics`)).text()).toContain('anc_connected 0');
  });

  test('REST: reads and sets parameters, refuses in JSON', async () => {
    const put = (name: string, value: unknown) =>
      fetch(`${server.url}api/v1/parameters/${name}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ value }),
      });
    expect((await put('mode', 'off')).status).toBe(200);
    expect(headset.parameters.get('mode')?.value).toBe('off');
    const refused = await put('nope', 1);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'UNKNOWN_PARAMETER' } });
    expect((await fetch(`${server.url}api/v1/parameters/nope`)).status).toBe(404);
    expect((await fetch(`${server.url}elsewhere`)).status).toBe(404);
  });

  /** `fetch` does not let a Host header be set. */
  function statusOf(headers: Record<string, string>, method = 'GET'): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request(`${server.url}api/v1/commands`, { method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      sent.on('error', reject);
      sent.end(method === 'POST' ? '{"command":"store"}' : undefined);
    });
  }

  test('keeps other sites and other names out', async () => {
    expect(await statusOf({ Host: 'evil.example' })).toBe(421);
    expect(
      await statusOf({ Origin: 'http://evil.example', 'Content-Type': 'application/json' }, 'POST'),
    ).toBe(403);
    expect(
      await statusOf(
        { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/json' },
        'POST',
      ),
    ).toBe(403);
    expect(headset.calls).not.toContain('store');
    const others: Record<string, string>[] = [
      { Origin: 'http://evil.example' },
      { Host: 'evil.example' },
    ];
    for (const headers of others) {
      const foreign = client(headers);
      await expect.poll(() => foreign.socket.readyState).toBe(WebSocket.CLOSED);
      expect(foreign.messages).toEqual([]);
    }
  });
});

test('a port in use is said', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as AddressInfo;
  const starting = startServer({
    deviceUri: 'tcp://fake:1',
    connect: async () => new FakeHeadset(),
    port,
  });
  await expect(starting).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    hint: expect.any(String) as string,
  });
  blocker.close();
});

test('starts without a headset and finds it later', async () => {
  let attempts = 0;
  const connect = async () => {
    attempts += 1;
    if (attempts === 1) throw new AncError('DEVICE_NOT_FOUND', 'not yet');
    return new FakeHeadset();
  };
  const server = await startServer({ deviceUri: 'tcp://fake:1', connect, port: 0 });
  const state = async () =>
    ((await (await fetch(`${server.url}api/v1/state`)).json()) as { device: { state: string } })
      .device.state;
  await expect.poll(state).toBe('disconnected');
  await expect.poll(state, { timeout: 5000 }).toBe('connected');
  await server.close();
});
