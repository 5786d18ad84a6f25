import type { Client } from './clients.js';

/** The system under test. */
export interface Target {
  /** Talks to the gateway: round robin over two instances of each service. */
  readonly client: Client;
  readonly adminUrl: string;
  /** The session secrets; the first signs. */
  readonly secrets: readonly string[];
  /** Everything that its processes logged so far. */
  output(): string;
}
