/** Everything that one run started. */
export class Started {
  private readonly parts: { stop(): unknown }[] = [];

  add<T extends { stop(): unknown }>(part: T): T {
    this.parts.push(part);
    return part;
  }

  /** Ends the parts, the last one first. A second call does nothing. */
  async stop(): Promise<void> {
    for (const part of this.parts.splice(0).reverse()) await part.stop();
  }
}
