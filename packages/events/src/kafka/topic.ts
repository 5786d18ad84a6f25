/** The topic that carries the events of a prefix: `hf:cached:` → `hf.cached.events`. Kafka's names have no colons. */
export function topicOf(prefix: string): string {
  const stem = prefix.replace(/:+$/, '').replace(/[^a-zA-Z0-9._-]+/g, '.');
  return stem === '' ? 'events' : `${stem}.events`;
}
