import type { z } from 'zod';
import type { ProblemCode } from './problem-table.ts';
import { Refusal } from './problem.ts';

const maxErrors = 20;

/** @throws Refusal with the given code, which names each field */
export function validate<T extends z.ZodType>(
  schema: T,
  value: unknown,
  code: ProblemCode,
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, maxErrors).map(({ path, message }) => ({
    path: path.map(String).join('.').slice(0, 200),
    message: message.slice(0, 300),
  }));
  const [first] = errors;
  const detail = first?.path ? `${first.path}: ${first.message}` : (first?.message ?? 'invalid');
  throw new Refusal(code, detail, { errors });
}
