import { handleAsRequest, sendTraced } from '../tracing/trace-events.js';
import type { EventsConfig, RedisConfig } from './service-env.js';

/** The options of the events package, from the environment. */
export function eventsOptions(config: EventsConfig & RedisConfig) {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username = '', KAFKA_PASSWORD: password = '' } = config;
  const system = config.KAFKA_BROKERS.length > 0 ? ('kafka' as const) : ('redis' as const);
  return {
    prefix: config.KEY_PREFIX,
    handlerTimeoutMs: config.EVENTS_HANDLER_TIMEOUT_MS,
    brokers: config.KAFKA_BROKERS,
    client: config.KAFKA_CLIENT,
    ssl: config.KAFKA_SSL && config.KAFKA_CA_FILE !== undefined ? { ca: config.KAFKA_CA_FILE } : config.KAFKA_SSL,
    sasl: mechanism === undefined ? undefined : { mechanism, username, password },
    around: (event: Parameters<typeof handleAsRequest>[1], handle: () => Promise<void>) =>
      handleAsRequest(system, event, handle),
    aroundSend: sendTraced,
  };
}
