import type { Asked, Preparation } from '../bridge/messages.js';
import type { ScenarioCard } from '../scenario/catalogue.js';

/** One side of the comparison, as the picture shows it. */
export interface PictureSide {
  /** `Left` or `Right`. */
  readonly label: string;
  readonly card: ScenarioCard;
  /** The requests of its client, the oldest first. */
  readonly asked: readonly Asked[];
  /** Its affinity cookie was dropped or edited then, the newest time; null: never. */
  readonly cookieChangedAt: number | null;
  /** Has its client be another one to the gateway. */
  readonly prepare: (change: Preparation) => Promise<void>;
}
