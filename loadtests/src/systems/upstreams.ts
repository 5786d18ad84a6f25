import { z } from 'zod';
import type { SentAnswers } from '../ledger/compare-with-gateway.js';

const upstreamsAnswer = z.object({
  upstreams: z.array(
    z.object({
      destinations: z.array(
        z.object({
          id: z.string(),
          url: z.string(),
          boundClients: z.number(),
          inFlight: z.number(),
          counters: z.object({ responses: z.object({ '2xx': z.number() }) }),
        }),
      ),
    }),
  ),
});

/** Clients bound to these destinations, and requests and tunnels in flight at them, by the admin API of a gateway of ours. */
export async function occupantsOf(adminUrl: string, ids: ReadonlySet<string>): Promise<number> {
  return (await destinationsOf(adminUrl))
    .filter(({ id }) => ids.has(id))
    .reduce((sum, { boundClients, inFlight }) => sum + boundClients + inFlight, 0);
}

/** The answers with success (2xx) that the gateway process has sent of each destination, over all of its upstreams. */
export async function answersSent(
  adminUrl: string,
  pid: number | undefined,
): Promise<ReadonlyMap<string, SentAnswers>> {
  const answers = new Map<string, SentAnswers>();
  for (const { id, url, counters } of await destinationsOf(adminUrl)) {
    const sent = (answers.get(id)?.sent ?? 0) + counters.responses['2xx'];
    answers.set(id, { counter: `process ${pid}, ${url}`, sent });
  }
  return answers;
}

async function destinationsOf(adminUrl: string) {
  const { upstreams } = upstreamsAnswer.parse(await (await fetch(`${adminUrl}/upstreams`)).json());
  return upstreams.flatMap(({ destinations }) => destinations);
}
