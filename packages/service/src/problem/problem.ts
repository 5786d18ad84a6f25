/** One mistake in a request, and its place. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/**
 * An answer that is not a success, as RFC 9457 problem details. Throw it anywhere in a request. `code` is stable and
 * for programs, `detail` is for people and must carry no secret.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly errors: readonly FieldError[] | undefined;

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** Sent as `Retry-After`. */
    readonly retryAfterSeconds?: number,
    options: ErrorOptions & { readonly errors?: readonly FieldError[] } = {},
  ) {
    super(detail, options);
    this.errors = options.errors;
  }
}
