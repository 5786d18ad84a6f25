import type { IdGenerator } from '@opentelemetry/sdk-trace-node';
import { StartError } from '../process/start-error.js';
import type { Tracing } from './tracing.js';

/** How the spans of this process are named and where they go. */
export interface TracingOptions {
  readonly service: string;
  readonly instance: string;
  /** Where an OTLP receiver takes spans over HTTP, such as `http://localhost:4318`. Undefined: nothing is traced. */
  readonly endpoint: string | undefined;
  /** Default: random ids. */
  readonly ids?: IdGenerator;
}

let opened: Tracing | undefined;

/** The tracing of this process; undefined while nothing is traced, which then costs a comparison. */
export function currentTracing(): Tracing | undefined {
  return opened;
}

/**
 * Starts to send spans. Without an endpoint it loads nothing and returns undefined. The other `OTEL_…` variables mean what the
 * OpenTelemetry SDK says. Throws `StartError` when the SDK is not installed.
 */
export async function openTracing(options: TracingOptions): Promise<Tracing | undefined> {
  if (options.endpoint === undefined) return undefined;
  const { Tracing } = await import('./tracing.js').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new StartError(
      'OTEL_EXPORTER_OTLP_ENDPOINT is set, and the OpenTelemetry packages are not installed. Install them ' +
        '(npm install @opentelemetry/api @opentelemetry/resources @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-http) or unset it.',
    );
  });
  opened = new Tracing(options);
  return opened;
}
