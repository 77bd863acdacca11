import { z } from 'zod';

/** What PostgreSQL's text and jsonb can hold, on one line: no control characters, no half of a surrogate pair. */
export const text = (maxLength: number, minLength = 1) =>
  z
    .string()
    .min(minLength)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must hold neither control characters nor broken Unicode');

export const id = z.uuid().meta({ example: '7f1c4a52-9d0e-4c1b-8a37-5f2d6b0e9c11' });
export const time = z.iso.datetime({ offset: true }).meta({ example: '2026-03-01T09:30:00.000Z' });
export const idParams = z.strictObject({ id });

/** A number or a flag in a query arrives as text. */
export const queryInteger = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));
export const queryFlag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const pageQuery = {
  limit: queryInteger(1, 200).default(50).meta({
    description: 'entries a page',
    example: 50,
    type: 'integer',
    minimum: 1,
    maximum: 200,
    default: 50,
  }),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,200}$/)
    .optional()
    .meta({ description: '`next` of the page before' }),
};
export const timeRangeQuery = {
  from: time.optional().meta({ description: 'not before' }),
  to: time.optional().meta({ description: 'before' }),
};

/** Newest first; entries of one instant by their id, so that a page never repeats or skips one. */
export const page = <T extends z.ZodType>(name: string, items: T) =>
  z
    .strictObject({
      items: z.array(items),
      next: z.string().nullable().meta({ description: 'cursor of the next page; null: the last' }),
    })
    .meta({ id: `${name}Page` });

export const fieldError = z
  .strictObject({ path: z.string(), message: z.string() })
  .meta({ id: 'FieldError' });

export const problem = z
  .strictObject({
    type: z.string().meta({ description: 'a page about the code' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    instance: z.string(),
    code: z.string().meta({ description: 'stable: programs may compare it' }),
    hint: z.string().nullable().meta({ description: 'what to do about it' }),
    requestId: z.string(),
    errors: z.array(fieldError).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457',
    example: {
      type: '/api/docs/problems#BODY_INVALID',
      title: 'The body is not as the document says',
      status: 400,
      detail: 'settings.taps: Too small: expected number to be >=16',
      instance: '/api/v1/sessions',
      code: 'BODY_INVALID',
      hint: '`errors` names the fields.',
      requestId: '0d5c6a1e-2f34-4a0b-9c55-3b1e7d0f8a42',
      errors: [{ path: 'settings.taps', message: 'Too small: expected number to be >=16' }],
    },
  });
