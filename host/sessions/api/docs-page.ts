import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { problemTable } from './problem-table.ts';

/** Swagger UI sets styles on elements and draws its icons from data URLs; scripts come from here alone. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const start = `window.onload = () =>
  SwaggerUIBundle({
    url: '/api/v1/openapi.json',
    dom_id: '#document',
    deepLinking: true,
    persistAuthorization: false,
    validatorUrl: null,
  });
`;

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>ANC Platform API</title>
    <link rel="icon" href="/api/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
  </head>
  <body>
    <div id="document"></div>
    <noscript>The document itself: <a href="/api/v1/openapi.json">openapi.json</a></noscript>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;

/** `type` of every problem leads to its row. */
function problemsPage(): string {
  const rows = Object.entries(problemTable).map(
    ([code, { status, title, hint }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td>` +
      `<td>${escaped(title)}</td><td>${escaped(hint ?? '')}</td></tr>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Problems of the ANC Platform API</title>',
    '</head><body><h1>Problems</h1>',
    '<table><thead><tr><th>code</th><th>status</th><th>meaning</th><th>what to do</th></tr>',
    `</thead><tbody>${rows.join('\n')}</tbody></table></body></html>`,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** `/api/docs`: the document to browse and to try. */
export function docsPage(): Router {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = Router();
  router.use(((_request, response, next) => {
    response.set('Content-Security-Policy', contentSecurityPolicy);
    next();
  }) satisfies RequestHandler);
  router.get('/', (_request, response) => void response.type('html').send(page));
  router.get('/start.js', (_request, response) => void response.type('js').send(start));
  const problems = problemsPage();
  router.get('/problems', (_request, response) => void response.type('html').send(problems));
  const files = express.static(folder, { index: false, maxAge: '1d' });
  for (const asset of assets) router.get(`/${asset}`, files);
  return router;
}
