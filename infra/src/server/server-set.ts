import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { guardian } from '@holdfast/fleet';
import type { ServerPlace, ServerProcess } from './server-process.js';

/** The folder and lifetime of servers that belong together. */
export type SetPlace = Pick<ServerPlace, 'dir' | 'temporary' | 'background'>;

/** Servers that are started together, each in a folder of its own below `dir`, and that end together. */
export class ServerSet {
  private readonly servers: ServerProcess[] = [];

  private constructor(private readonly place: SetPlace) {}

  /** Starts the servers by `build`; ends those that run when it fails. */
  static async start<T>(place: SetPlace, build: (set: ServerSet) => Promise<T>): Promise<T> {
    mkdirSync(place.dir, { recursive: true, mode: 0o700 });
    if (place.temporary) guardian().removePath(place.dir);
    const set = new ServerSet(place);
    try {
      return await build(set);
    } catch (error) {
      await set.stop();
      throw error;
    }
  }

  /** Adds a server that was started. */
  add<T extends ServerProcess>(server: T): T {
    this.servers.push(server);
    return server;
  }

  /** Ends all of them; resolves once they are gone. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    if (!this.place.temporary) return;
    await rm(this.place.dir, { recursive: true, force: true });
    guardian().keepPath(this.place.dir);
  }
}
