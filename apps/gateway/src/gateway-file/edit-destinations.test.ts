import type { ProxyConfig } from '@holdfast/proxy';
import { describe, expect, it } from '@jest/globals';
import { dropDestination, putDestination } from './edit-destinations.js';

const config: ProxyConfig = {
  upstreams: {
    app: {
      policy: 'ip-hash',
      destinations: [
        { id: 'app-1', url: 'http://127.0.0.1:1001' },
        { id: 'app-2', url: 'http://127.0.0.1:1002' },
      ],
    },
  },
  routes: [{ path: '/', upstream: 'app' }],
};
const idsAfter = (edit: ReturnType<typeof putDestination>) =>
  edit.ok ? edit.config.upstreams.app?.destinations.map(({ id, url }) => `${id} ${url.slice(-4)}`) : edit.code;

describe('editing destinations', () => {
  it('adds a destination it does not know', () => {
    const edit = putDestination(config, 'app', { id: 'app-3', url: 'http://127.0.0.1:1003' });
    expect(edit).toMatchObject({ ok: true, created: true });
    expect(idsAfter(edit)).toEqual(['app-1 1001', 'app-2 1002', 'app-3 1003']);
  });

  it('puts a known destination in its old place, so that doing it twice changes nothing', () => {
    const once = putDestination(config, 'app', { id: 'app-1', url: 'http://127.0.0.1:2001' });
    expect(once).toMatchObject({ ok: true, created: false });
    expect(idsAfter(once)).toEqual(['app-1 2001', 'app-2 1002']);
  });

  it('drops one destination and keeps the rest of the upstream', () => {
    const edit = dropDestination(config, 'app', 'app-1');
    expect(idsAfter(edit)).toEqual(['app-2 1002']);
    expect(edit).toMatchObject({ config: { upstreams: { app: { policy: 'ip-hash' } } } });
  });

  it.each(['nope', '__proto__', 'constructor'])('knows no upstream %s', (upstream) => {
    expect(idsAfter(putDestination(config, upstream, { id: 'a', url: 'http://127.0.0.1:1' }))).toBe('unknown_upstream');
    expect(idsAfter(dropDestination(config, upstream, 'a'))).toBe('unknown_upstream');
  });

  it('says when there is nothing to drop', () => {
    expect(idsAfter(dropDestination(config, 'app', 'app-9'))).toBe('unknown_destination');
  });
});
