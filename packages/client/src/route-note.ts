/** Why the gateway sent a request where it did: the `x-route` header. */
export interface RouteNote {
  readonly policy: string;
  readonly reason: string;
  readonly attempts: number;
}

/** Reads `policy=…;reason=…;attempts=…`; null when the header is absent or says no reason. */
export function parseRouteNote(header: string | null): RouteNote | null {
  if (header === null) return null;
  const fields = new Map(
    header.split(';').map((field) => {
      const [key = '', value = ''] = field.trim().split('=');
      return [key, value];
    }),
  );
  const reason = fields.get('reason');
  if (!reason) return null;
  return { policy: fields.get('policy') ?? '', reason, attempts: Number(fields.get('attempts') ?? 1) || 1 };
}
