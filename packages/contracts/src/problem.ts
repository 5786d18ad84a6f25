import { z } from 'zod';

/** One mistake in a request: its place and what to do about it. */
export const fieldErrorSchema = z.object({
  /** Path into the body, parameters or query: `title`, `items.0.name`; empty for the whole. */
  path: z.string(),
  message: z.string(),
});

/** Every error answer (RFC 9457, `application/problem+json`). `code` is stable; the texts are for people. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string(),
  detail: z.string().optional(),
  /** Also in the `x-request-id` header and in the log line of the request. */
  requestId: z.string(),
  errors: z.array(fieldErrorSchema).optional(),
});

export type FieldError = z.infer<typeof fieldErrorSchema>;
export type ProblemDetails = z.infer<typeof problemSchema>;
