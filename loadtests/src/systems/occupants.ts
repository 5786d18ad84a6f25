import { z } from 'zod';

const upstreamsAnswer = z.object({
  upstreams: z.array(
    z.object({
      destinations: z.array(z.object({ id: z.string(), boundClients: z.number(), inFlight: z.number() })),
    }),
  ),
});

/** Clients bound to these destinations, and requests and tunnels in flight at them, by the admin API of a gateway of ours. */
export async function occupantsOf(adminUrl: string, ids: ReadonlySet<string>): Promise<number> {
  const { upstreams } = upstreamsAnswer.parse(await (await fetch(`${adminUrl}/upstreams`)).json());
  return upstreams
    .flatMap(({ destinations }) => destinations)
    .filter(({ id }) => ids.has(id))
    .reduce((sum, { boundClients, inFlight }) => sum + boundClients + inFlight, 0);
}
