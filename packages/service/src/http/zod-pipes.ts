import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { type FieldError, Problem } from '../problem/problem.js';

const MOST_ERRORS = 20;

/** `@Body(ZodBody(schema))`: the checked body, or 400 `invalid_request` that names each wrong field. */
export const ZodBody = <T>(schema: z.ZodType<T>): PipeTransform<unknown, T> => checked(schema, 'The body');

/** `@Param(ZodParam(schema))`: all path parameters, checked. */
export const ZodParam = <T>(schema: z.ZodType<T>): PipeTransform<unknown, T> => checked(schema, 'The path');

/** `@Query(ZodQuery(schema))`: all query parameters, checked. */
export const ZodQuery = <T>(schema: z.ZodType<T>): PipeTransform<unknown, T> => checked(schema, 'The query');

function checked<T>(schema: z.ZodType<T>, what: string): PipeTransform<unknown, T> {
  return {
    transform(value) {
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      const errors = parsed.error.issues.flatMap(fieldErrors).slice(0, MOST_ERRORS);
      throw new Problem(400, 'invalid_request', `${what} is invalid: correct each field in errors.`, undefined, {
        errors,
      });
    },
  };
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const at = (path: readonly PropertyKey[]) => path.map((key) => String(key).slice(0, 64)).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path: at(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({ path: at([...issue.path, key]), message: 'Unknown field: leave it out.' }));
}
