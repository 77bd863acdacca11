import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
}
interface Response {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Holds every answer that tests get against the document that the server gives out. */
export class Contract {
  readonly document: OpenApi;
  /** operations of which an answer was seen */
  readonly called = new Set<string>();
  readonly #ajv: Ajv2020;

  constructor(document: OpenApi) {
    this.document = document;
    this.#ajv = new Ajv2020({
      strict: false,
      formats: {
        uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
        email: true,
        password: true,
        binary: true,
      },
    });
    this.#ajv.addSchema(document, 'document');
  }

  /** @param path below /api/v1, as it was asked for */
  check(method: string, path: string, status: number, type: string, body: unknown): void {
    const found = this.#find(method, path);
    // What the document does not know may only be refused.
    if (!found) return expect(status, `${method} ${path}`).toBeGreaterThanOrEqual(404);
    const { template, operation } = found;
    this.called.add(operation.operationId);
    const response = operation.responses[status];
    const where = `${method} ${path} ${status}: ${JSON.stringify(body).slice(0, 500)}`;
    expect(response, `${where} is not in the document`).toBeDefined();
    const [media] = type.split(';');
    if (!response!.content) return expect(body, where).toEqual(Buffer.alloc(0));
    expect(Object.keys(response!.content), where).toContain(media);
    if (!media!.includes('json')) return;
    if (media === 'application/problem+json')
      expect(response!.description, where).toContain(`\`${(body as { code: string }).code}\``);
    const pointer = ['paths', template, method.toLowerCase(), 'responses', String(status)];
    const steps = [...pointer, 'content', media!, 'schema'].map(escaped).join('/');
    const validate = this.#ajv.getSchema(`document#/${steps}`)!;
    const isValid = validate(body);
    expect(isValid, `${where}\n${this.#ajv.errorsText(validate.errors)}`).toBe(true);
  }

  #find(method: string, path: string) {
    const asked = path.split('?', 1)[0]!;
    const templates = Object.keys(this.document.paths).filter((template) =>
      new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked),
    );
    // `/users/me` before `/users/{id}`
    const template = templates.sort((a, b) => a.split('{').length - b.split('{').length)[0];
    const operation = template && this.document.paths[template]![method.toLowerCase()];
    return operation ? { template, operation } : null;
  }
}

function escaped(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
