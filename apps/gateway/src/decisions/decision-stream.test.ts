import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { DecisionStream } from './decision-stream.js';

class Watcher extends EventEmitter {
  text = '';
  ended = false;
  writableNeedDrain = false;
  writeHead() {
    return this;
  }
  write(text: string) {
    this.text += text;
    return true;
  }
  end() {
    this.ended = true;
    this.emit('close');
  }
}

function setUp() {
  const events = new EventEmitter();
  const stream = new DecisionStream({
    on: (event, listener) => {
      events.on(event, listener as () => void);
      return () => events.off(event, listener as () => void);
    },
  });
  const watch = () => {
    const watcher = new Watcher();
    return { watcher, accepted: stream.add(watcher as unknown as ServerResponse) };
  };
  return { events, stream, watch };
}

describe('decision stream', () => {
  test('sends every decision and change to every watcher', () => {
    const { events, stream, watch } = setUp();
    const watchers = [watch().watcher, watch().watcher];
    events.emit('decision', { destination: 'app-1' });
    events.emit('change', { state: 'down' });
    for (const { text } of watchers) {
      expect(text).toContain('event: decision\ndata: {"destination":"app-1"}\n\n');
      expect(text).toContain('event: change\ndata: {"state":"down"}\n\n');
    }
    stream.close();
  });

  test('does not listen to the proxy while nobody watches', () => {
    const { events, watch } = setUp();
    expect(events.listenerCount('decision')).toBe(0);
    const { watcher } = watch();
    expect(events.listenerCount('decision')).toBe(1);
    watcher.emit('close');
    expect(events.listenerCount('decision')).toBe(0);
  });

  test('lets a slow watcher miss events rather than queue them', () => {
    const { events, stream, watch } = setUp();
    const { watcher } = watch();
    watcher.writableNeedDrain = true;
    events.emit('decision', { destination: 'app-1' });
    expect(watcher.text).not.toContain('app-1');
    stream.close();
  });

  test('ends all streams when it closes', () => {
    const { stream, watch } = setUp();
    const watchers = [watch().watcher, watch().watcher];
    stream.close();
    expect(watchers.map(({ ended }) => ended)).toEqual([true, true]);
  });

  test('refuses more watchers than it can serve, and takes new ones when old ones leave', () => {
    const { stream, watch } = setUp();
    const first = watch().watcher;
    while (watch().accepted);
    first.emit('close');
    expect(watch().accepted).toBe(true);
    stream.close();
  });
});
