import type { SessionRecord } from '../store/session-record.js';

interface Entry {
  readonly record: SessionRecord;
  readonly characters: number;
  used: boolean;
}

/** The cost of a record beyond its attributes, without Redis's own overhead. */
const BASE_CHARACTERS = 200;

/**
 * Bounded by count and by size. Evicts the oldest entry that was not read since it last came up (second chance): a read
 * only sets a flag, so hits stay cheap. Records are immutable and hold attributes as text: every reader gets its own copy.
 */
export class SessionCache {
  private readonly entries = new Map<string, Entry>();
  private held = 0;

  constructor(
    private readonly maxSessions: number,
    private readonly maxCharacters: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): SessionRecord | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    entry.used = true;
    return entry.record;
  }

  set(key: string, record: SessionRecord): void {
    this.delete(key);
    const characters = charactersOf(key, record);
    // A record that big would push out everything else.
    if (characters > this.maxCharacters / 10) return;
    this.entries.set(key, { record, characters, used: false });
    this.held += characters;
    while (this.entries.size > this.maxSessions || this.held > this.maxCharacters) this.evictOne();
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.held -= entry.characters;
  }

  clear(): void {
    this.entries.clear();
    this.held = 0;
  }

  private evictOne(): void {
    for (const [key, entry] of this.entries) {
      if (!entry.used) {
        this.delete(key);
        return;
      }
      entry.used = false;
      // The entry moves to the end of the queue.
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
  }
}

function charactersOf(key: string, record: SessionRecord): number {
  let characters = BASE_CHARACTERS + key.length;
  for (const name in record.attributes) characters += name.length + (record.attributes[name]?.length ?? 0);
  return characters;
}
