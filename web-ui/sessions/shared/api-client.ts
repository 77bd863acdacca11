import { PageError } from './page-error.ts';
import { RequestError } from './request-error.ts';

export interface User {
  readonly id: string;
  readonly kind: 'user' | 'guest';
  readonly email: string | null;
  readonly name: string;
  readonly role: 'viewer' | 'engineer' | 'admin';
}

interface Tokens {
  readonly accessToken: string;
  readonly user: User;
}

/** Says whether there may be a refresh cookie, which scripts cannot see: others need not ask. */
const accountKey = 'anc-account';

/** RFC 9457, as the server answers. */
interface Problem {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly hint: string | null;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * The server’s API. The access token is in memory only; a reload gets a new one by the refresh cookie, which scripts do
 * not see. Events: `user` when someone signed in or out.
 */
export class ApiClient extends EventTarget {
  #base: string;
  #fetch: typeof fetch;
  #accessToken: string | null = null;
  #refreshing: Promise<boolean> | null = null;
  user: User | null = null;

  /** @param options.fetch another one in tests */
  constructor(base = '/api/v1', options: { readonly fetch?: typeof fetch } = {}) {
    super();
    this.#base = base;
    this.#fetch = options.fetch ?? ((...given) => fetch(...given));
  }

  /** @throws PageError with the problem’s code, or SERVER_UNREACHABLE */
  async signIn(credentials: Credentials): Promise<void> {
    this.#signedIn(await this.#request<Tokens>('POST', '/auth/login', credentials));
  }

  async register(registration: Credentials & { readonly name: string }): Promise<void> {
    this.#signedIn(await this.#request<Tokens>('POST', '/auth/register', registration));
  }

  async signInAsGuest(): Promise<void> {
    this.#signedIn(await this.#request<Tokens>('POST', '/auth/guest', {}));
  }

  /** Ends the session at the server, too; here it is over in any case. */
  async signOut(): Promise<void> {
    try {
      await this.#request('POST', '/auth/logout', {});
    } finally {
      this.#signedOut();
    }
  }

  /** By the cookie, if there should be one. Never throws: without it, one is signed out. */
  async resume(): Promise<void> {
    if (localStorage.getItem(accountKey)) await this.#refresh();
  }

  get<T>(path: string): Promise<T> {
    return this.#authorized<T>('GET', path);
  }

  /** What is no JSON: a report, a recording. */
  async getText(path: string): Promise<string> {
    return this.#authorized<string>('GET', path, undefined, (text) => text);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#authorized<T>('POST', path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#authorized<T>('PATCH', path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.#authorized<T>('DELETE', path);
  }

  /** With a new token, once, when the old one has expired. */
  async #authorized<T>(
    method: string,
    path: string,
    body?: unknown,
    read?: (text: string) => T,
  ): Promise<T> {
    try {
      return await this.#request<T>(method, path, body, read);
    } catch (error) {
      const isExpired = error instanceof RequestError && error.status === 401;
      if (!isExpired) throw error;
      if (await this.#refresh()) return this.#request<T>(method, path, body, read);
      this.#signedOut();
      throw error;
    }
  }

  /** One refresh at a time, of all tabs: a token that is used twice counts as stolen. */
  #refresh(): Promise<boolean> {
    this.#refreshing ??= inTurn(() => this.#request<Tokens>('POST', '/auth/refresh', {}))
      .then(
        (tokens) => {
          this.#signedIn(tokens);
          return true;
        },
        () => false,
      )
      .finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #request<T>(
    method: string,
    path: string,
    body?: unknown,
    read = (text: string) => (text ? JSON.parse(text) : undefined) as T,
  ): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json, text/html' };
    if (this.#accessToken) headers['authorization'] = `Bearer ${this.#accessToken}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await this.#fetch(this.#base + path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new PageError('SERVER_UNREACHABLE', 'The server does not answer.', {
        cause,
        hint: 'Look at the network, then try again.',
      });
    });
    const text = await response.text();
    if (!response.ok) throw problemOf(response, text);
    return read(text);
  }

  #signedIn({ accessToken, user }: Tokens): void {
    this.#accessToken = accessToken;
    localStorage.setItem(accountKey, 'yes');
    const isOther = this.user?.id !== user.id;
    this.user = user;
    if (isOther) this.dispatchEvent(new Event('user'));
  }

  #signedOut(): void {
    this.#accessToken = null;
    localStorage.removeItem(accountKey);
    if (this.user === null) return;
    this.user = null;
    this.dispatchEvent(new Event('user'));
  }
}

/** Web Locks are there where microphones are: on pages that came safely. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined;
  return locks ? (locks.request('anc-refresh', work) as Promise<T>) : work();
}

function problemOf(response: Response, text: string): RequestError {
  try {
    const { code, detail, title, hint } = JSON.parse(text) as Problem;
    return new RequestError(response.status, code, detail || title, hint);
  } catch {
    // A proxy in between answers in its own words.
    const { status, statusText } = response;
    return new RequestError(status, 'SERVER_ANSWER', `The server answered ${status}.`, statusText);
  }
}

export const api = new ApiClient();
