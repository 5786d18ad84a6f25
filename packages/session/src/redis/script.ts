import { hash } from 'node:crypto';

/** A Lua script and its digest, sent by digest and loaded on first use. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(lua: string): Script {
  return { lua, sha: hash('sha1', lua) };
}
