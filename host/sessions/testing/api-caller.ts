import { expect } from 'vitest';
import type { Contract } from './contract.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what comes is what the tests look at
  readonly body: any;
}

/** Calls `/api/v1` with the same headers each time, and checks what every answer must have. */
export class ApiCaller {
  readonly url: string;
  readonly contract: Contract;
  readonly headers: Readonly<Record<string, string>>;
  readonly userId: string;
  readonly refreshToken: string;

  constructor(
    url: string,
    contract: Contract,
    headers: Record<string, string> = {},
    userId = '',
    refreshToken = '',
  ) {
    this.url = url;
    this.contract = contract;
    this.headers = headers;
    this.userId = userId;
    this.refreshToken = refreshToken;
  }

  with(headers: Record<string, string>, userId = this.userId, refreshToken = ''): ApiCaller {
    const all = { ...this.headers, ...headers };
    return new ApiCaller(this.url, this.contract, all, userId, refreshToken);
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    if (body === undefined) return this.fetch(path, { method, headers });
    const type = { 'Content-Type': 'application/json' };
    return this.fetch(path, {
      method,
      body: JSON.stringify(body),
      headers: { ...type, ...headers },
    });
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
    // readiness says in its own words what is missing
    if (status >= 400 && path !== '/health/ready') {
      expect(type).toBe('application/problem+json; charset=utf-8');
      expect(body).toMatchObject({ status, code: expect.stringMatching(/^[A-Z_]+$/) });
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
    }
    this.contract.check(init.method ?? 'GET', path, status, type, body);
    return { status, headers, body };
  }
}
