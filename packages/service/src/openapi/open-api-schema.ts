import type { ApiParamOptions } from '@nestjs/swagger';
import { z } from 'zod';

/** A schema object as @nestjs/swagger takes it (it does not export its name). */
export type OpenApiSchema = NonNullable<Extract<ApiParamOptions, { schema?: unknown }>['schema']>;

/** The schema of an input (before defaults and trimming) or an output, for an OpenAPI 3.1 document. */
export function openApiSchema(schema: z.ZodType, io: 'input' | 'output'): OpenApiSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest as OpenApiSchema;
}
