import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { openApiSchema } from './open-api-schema.js';

export interface ApiDescription {
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly params?: z.ZodObject;
  /** The schema of each successful answer, by status; null for an answer without a body. */
  readonly answers?: Readonly<Record<number, z.ZodType | null>>;
  /** The `code` of each problem, by status; separate several with commas. */
  readonly problems?: Readonly<Record<number, string>>;
}

/** Describes a route in the OpenAPI document from the zod schemas that also check it. */
export function Api({ summary, body, query, params, answers = {}, problems = {} }: ApiDescription): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ...(body === undefined ? [] : [ApiBody({ schema: openApiSchema(body, 'input') })]),
    ...fields(query).map(([name, schema, required]) => ApiQuery({ name, required, schema })),
    ...fields(params).map(([name, schema]) => ApiParam({ name, schema })),
    ...Object.entries(answers).map(([status, schema]) =>
      ApiResponse({
        status: Number(status),
        description: schema === null ? 'Done' : 'OK',
        ...(schema === null ? {} : { content: { 'application/json': { schema: openApiSchema(schema, 'output') } } }),
      }),
    ),
    ...Object.entries(problems).map(([status, code]) =>
      ApiResponse({
        status: Number(status),
        description: code,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}

function fields(shape: z.ZodObject | undefined) {
  return Object.entries(shape?.shape ?? {}).map(([name, field]) => {
    const schema = field as z.ZodType;
    return [name, openApiSchema(schema, 'input'), !schema.safeParse(undefined).success] as const;
  });
}
