import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Router } from 'express';
import { beforeAll, describe, expect, test } from 'vitest';
import express from 'express';
import { docsPage } from './docs-page.ts';
import { expressPath, mountRoutes } from './mount.ts';
import { openApiDocument } from './openapi.ts';
import { problemTable } from './problem-table.ts';
import { apiRoutes } from './routes/index.ts';
import type { Services } from './services.ts';

// Nothing is asked of the services while routes are declared.
const routes = apiRoutes({} as Services);
const document = openApiDocument(routes);
const paths = document.paths as Record<string, Record<string, { operationId: string }>>;

describe('the document', () => {
  test('has every route that the router serves, and no other', () => {
    const router: Router = mountRoutes(routes, {} as Parameters<typeof mountRoutes>[1]);
    const served = router.stack.flatMap(({ route }) =>
      route ? route.stack.flatMap(({ method }) => (method ? [`${method} ${route.path}`] : [])) : [],
    );
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${expressPath(path)}`),
    );
    expect(described.sort()).toEqual(served.sort());
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
  });

  test('its schemas compile and its examples are valid by them', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'document');
    let examples = 0;
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      const validate = ajv.getSchema(`document#/components/schemas/${name}`)!;
      const { example } = schema as { example?: unknown };
      if (example === undefined) continue;
      examples += 1;
      expect(validate(example), `${name}: ${ajv.errorsText(validate.errors)}`).toBe(true);
    }
    expect(examples).toBeGreaterThanOrEqual(5);
  });

  test('every route says who may use it; those for anyone are these', () => {
    const open = routes.filter(({ access }) => access === 'public').map(({ path }) => path);
    expect(open).toEqual([
      '/health/live',
      '/health/ready',
      '/auth/register',
      '/auth/login',
      '/auth/refresh',
      '/auth/logout',
      '/auth/guest',
    ]);
    for (const { access, path, method } of routes) {
      const { security } = paths[path]![method] as unknown as { security: object[] };
      expect(security.length > 0, path).toBe(access !== 'public');
    }
  });

  test('every code has a status of its kind and a title', () => {
    for (const [code, { status, title }] of Object.entries(problemTable)) {
      expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title.length).toBeGreaterThan(5);
    }
  });
});

describe('/api/docs', () => {
  let url: string;
  beforeAll(async () => {
    const server = express().use('/api/docs', docsPage()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/api/docs`;
    return () => server.close();
  });

  test('is a page with its own policy and no inline script', async () => {
    const answer = await fetch(url);
    const policy = answer.headers.get('Content-Security-Policy')!;
    expect(policy).toContain("script-src 'self';");
    expect(await answer.text()).not.toMatch(/<script(?![^>]* src=)|javascript:|\son\w+=/);
    for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js'])
      expect((await fetch(`${url}/${file}`)).status, file).toBe(200);
    expect((await fetch(`${url}/package.json`)).status).toBe(404);
  });

  test('has a row for every problem, to which `type` leads', async () => {
    const html = await (await fetch(`${url}/problems`)).text();
    for (const code of Object.keys(problemTable)) expect(html).toContain(`id="${code}"`);
  });
});
