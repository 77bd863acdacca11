import { expect } from 'vitest';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what comes is what the tests look at
  readonly body: any;
}

/** Calls `/api/v1` with the same headers each time, and checks what every answer must have. */
export class ApiCaller {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly userId: string;
  readonly refreshToken: string;

  constructor(url: string, headers: Record<string, string> = {}, userId = '', refreshToken = '') {
    this.url = url;
    this.headers = headers;
    this.userId = userId;
    this.refreshToken = refreshToken;
  }

  with(headers: Record<string, string>, userId = this.userId, refreshToken = ''): ApiCaller {
    return new ApiCaller(this.url, { ...this.headers, ...headers }, userId, refreshToken);
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
    return this.fetch(path, { method, ...sent, headers: { ...type, ...headers } });
  }

  async expecting(status: number, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.send(method, path, body);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status });
    return answer;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      ...init,
      headers: { ...this.headers, ...(init.headers as Record<string, string>) },
    });
    const { status, headers } = response;
    const type = headers.get('Content-Type') ?? '';
    const body = type.includes('json')
      ? ((await response.json()) as unknown)
      : Buffer.from(await response.arrayBuffer());
    expect(headers.get('X-Request-Id')).toMatch(/^[\w.-]{8,64}$/);
    if (status >= 400) {
      expect(type).toBe('application/problem+json; charset=utf-8');
      expect(body).toMatchObject({ status, code: expect.stringMatching(/^[A-Z_]+$/) });
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
    }
    return { status, headers, body };
  }
}
