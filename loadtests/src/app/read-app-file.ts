import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { readDuration } from '../loads/duration.js';
import { whyEvenShare } from '../loads/even-share.js';
import { suggestion } from '../registry/nearest-name.js';
import { isMapping, type Path, YamlFile } from '../registry/yaml-file.js';
import type { AppFile } from './app-file.js';
import { parts } from './app-file.schema.js';
import { readJourney } from './read-journey.js';
import { tellIssues } from './tell-issues.js';

type Part = keyof typeof parts;
type Read = { [P in Part]?: z.infer<(typeof parts)[P]> };

/** Reads an app's file. Lists every mistake with file, line and fix; `app` is undefined when there is one. Never throws. */
export function readAppFile(path: string, text: string): { app: AppFile | undefined; mistakes: readonly string[] } {
  const file = new YamlFile(path, text);
  const { content } = file;
  if (file.mistakes.length === 0 && !isMapping(content)) file.mistake([], 'the file is no mapping; begin with app: …');
  if (!isMapping(content)) return { app: undefined, mistakes: file.mistakes };
  const known = [...Object.keys(parts), 'journey'];
  for (const key of Object.keys(content))
    if (!known.includes(key)) file.mistake([key], `is no setting; ${suggestion(key, known)}`);
  const read: Record<string, unknown> = {};
  for (const part of Object.keys(parts) as Part[]) {
    const parsed = parts[part].safeParse(content[part]);
    if (parsed.success) read[part] = parsed.data;
    else tellIssues(file, [part], parsed.error.issues);
  }
  checkServers(file, read as Read);
  checkUsers(file, read as Read);
  const folder = resolve(dirname(path), (read as Read).folder ?? '.');
  const journey = readJourney(file, content.journey, dirname(resolve(path)));
  if (file.mistakes.length > 0 || journey === undefined) return { app: undefined, mistakes: file.mistakes };
  const { app: name, start, servers, ready, startTimeout, replicas, ...whole } = read as Required<Read>;
  return {
    app: {
      ...{ name, start, servers, folder, replicas: servers?.length ?? replicas, journey },
      ready: ready === 'tcp' ? { tcp: true } : typeof ready === 'string' ? { path: ready } : ready,
      startTimeoutMs: readDuration(startTimeout) ?? 0,
      ...{ env: whole.env, variants: whole.variants, routings: whole.routings, reset: whole.reset, load: whole.load },
    },
    mistakes: [],
  };
}

/** Servers that the lab started are one fewer when it has killed one. */
function checkUsers(file: YamlFile, { load, replicas = 1, servers }: Read): void {
  const even = load && whyEvenShare(load.users, servers === undefined ? [replicas, replicas - 1] : [servers.length]);
  if (even !== undefined) file.mistake(['load', 'users'], even);
}

function checkServers(file: YamlFile, { start, servers, variants = {}, env = {} }: Read): void {
  if (start === undefined && servers === undefined)
    file.mistake(
      ['start'],
      'is missing; write the command of one server (start: node server.js) or servers: [http://127.0.0.1:3001]',
    );
  if (start !== undefined && servers !== undefined)
    file.mistake(
      ['servers'],
      'stands beside start; keep one: servers that run already, or the command that starts them',
    );
  if (servers !== undefined && Object.keys(variants).length > 1)
    file.mistake(['variants'], 'needs start: servers that run already have one variant only');
  for (const [place, values] of [
    [['env'], env],
    ...Object.entries(variants).map(([name, of]) => [['variants', name], of]),
  ] as [Path, Record<string, string>][])
    for (const [key, value] of Object.entries(values))
      for (const [, name = ''] of value.matchAll(/\$\{(\w+)\}/g))
        if (!['redis', 'memcached'].includes(name))
          file.mistake([...place, key], `"\${${name}}" is unknown; write \${redis} or \${memcached}`);
}
