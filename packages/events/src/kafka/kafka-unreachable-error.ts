/** No broker answers at these addresses, or the brokers refuse these settings. */
export class KafkaUnreachableError extends Error {
  readonly code = 'kafka_unreachable';
  readonly retryable = true;

  constructor(brokers: readonly string[], cause: unknown) {
    super(
      `brokers (KAFKA_BROKERS): Kafka cannot be used at ${brokers.join(', ')}: ${reasonOf(cause)}. Start a broker there or correct ` +
        'the address; if it requires TLS or an account, check ssl and sasl (KAFKA_SSL, KAFKA_CA_FILE, KAFKA_SASL_MECHANISM, ' +
        'KAFKA_USERNAME, KAFKA_PASSWORD). Without KAFKA_BROKERS, Redis Streams carry the events.',
      { cause },
    );
    this.name = 'KafkaUnreachableError';
  }
}

/** Clients wrap an error once for each attempt: the innermost one says what happened. */
function reasonOf(error: unknown): string {
  const { cause, errors, message } = (error ?? {}) as { cause?: unknown; errors?: unknown[]; message?: unknown };
  const inner = errors?.at(-1) ?? cause;
  const reason = inner === undefined ? '' : reasonOf(inner);
  return reason || (typeof message === 'string' ? message : String(error));
}
