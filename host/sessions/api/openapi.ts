import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { type ProblemCode, problemTable } from './problem-table.ts';
import type { AnyRoute } from './route.ts';
import { problem } from './schemas/common.ts';

export type Document = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const description = [
  'Live noise cancelling sessions, devices, recordings and jobs.',
  '',
  'Errors are RFC 9457 problems; `code` is stable, `hint` says what to do. Lists are newest first and paged by `cursor`.',
  'Every answer carries `X-Request-Id`; counted ones `RateLimit` and `RateLimit-Policy`.',
  'Unknown fields are refused, in bodies and in queries.',
].join('\n');

/** OpenAPI 3.1 of the routes, from the schemas by which they check what comes. */
export function openApiDocument(routes: readonly AnyRoute[]): Document {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'access token of `auth/login`',
  });
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
  });
  for (const route of routes) registry.registerPath(operationOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'ANC Platform', version: '1', description, license: { name: 'MIT' } },
    servers: [{ url: '/api/v1' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
  });
}

function operationOf(route: AnyRoute): Parameters<OpenAPIRegistry['registerPath']>[0] {
  const { access, params, query, body, consumes, produces, reply } = route;
  const content =
    produces !== undefined
      ? { [produces]: { schema: { type: 'string' as const, format: 'binary' } } }
      : reply && { 'application/json': { schema: reply } };
  const sent = body
    ? { 'application/json': { schema: body } }
    : consumes && { [consumes]: { schema: { type: 'string' as const, format: 'binary' } } };
  const replies = [route.status, ...(route.alsoReplies ?? [])].map((status) => [
    status,
    { description: route.summary, ...(content && status !== 304 ? { content } : {}) },
  ]);
  const needs = typeof access === 'string' && access.includes(':') ? `Needs \`${access}\`.` : '';
  const text = [route.description, needs].filter(Boolean).join('\n\n');
  return {
    method: route.method,
    path: route.path,
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(text ? { description: text } : {}),
    security: access === 'public' ? [] : [{ bearer: [] }, { apiKey: [] }],
    request: {
      ...(params ? { params } : {}),
      ...(query ? { query } : {}),
      ...(sent ? { body: { required: true, content: sent } } : {}),
    },
    responses: { ...Object.fromEntries(replies), ...problemResponses(route) },
  };
}

const credentialCodes = [
  'NOT_AUTHENTICATED',
  'AUTHORIZATION_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_INVALID',
  'TOKEN_REVOKED',
  'API_KEY_INVALID',
  'API_KEY_EXPIRED',
  'API_KEY_REVOKED',
  'CREDENTIALS_SEVERAL',
  'ACCOUNT_DISABLED',
] as const satisfies readonly ProblemCode[];

/** What a route may be answered with beside its reply, from what it takes and needs. */
export function problemsOf(route: AnyRoute): readonly ProblemCode[] {
  const codes: ProblemCode[] = [...(route.problems ?? []), 'INTERNAL'];
  if (route.limit !== 'none') codes.push('RATE_LIMITED');
  if (route.access !== 'public') codes.push(...credentialCodes);
  if (route.access !== 'public' && route.access !== 'signedIn')
    codes.push('GUEST_FORBIDDEN', 'ROLE_TOO_LOW', 'KEY_FORBIDDEN', 'SCOPE_MISSING');
  if (route.method !== 'get') codes.push('ORIGIN_REFUSED', 'NOT_PERMITTED');
  if (route.params) codes.push('PATH_INVALID', 'NOT_FOUND');
  if (route.query) codes.push('QUERY_INVALID');
  if (route.query && 'cursor' in route.query.shape) codes.push('CURSOR_INVALID');
  if (route.body) codes.push('BODY_MALFORMED', 'BODY_INVALID');
  if (route.body || route.consumes) codes.push('CONTENT_TOO_LARGE', 'CONTENT_TYPE_UNSUPPORTED');
  if (route.access !== 'public' || route.tag === 'auth')
    codes.push('DATABASE_UNAVAILABLE', 'DATABASE_TIMEOUT');
  return [...new Set(codes)];
}

function problemResponses(route: AnyRoute) {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(route)) {
    const { status } = problemTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  // A status that carries the reply as well keeps the reply's entry: readiness is one.
  const taken = new Set([route.status, ...(route.alsoReplies ?? [])]);
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !taken.has(status))
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `\`${code}\`: ${problemTable[code].title}`).join('\n\n'),
          ...(status === 429
            ? { headers: { 'Retry-After': { schema: { type: 'integer' as const } } } }
            : {}),
          content: { 'application/problem+json': { schema: problem } },
        },
      ]),
  );
}
