import { describe, expect, test } from '@jest/globals';
import type { MiddlewareConsumer } from '@nestjs/common';
import { refuseUnsuitable } from './refuse-unsuitable.js';

const on = (adapter: string) =>
  ({ getHttpAdapter: () => ({ getType: () => adapter }) }) as unknown as MiddlewareConsumer;

describe('S4: SessionModule', () => {
  test.each(['11.0.0', '11.1.9', '12.5.1', '13.0.0'])('S4: starts on Express under Nest %s', (version) => {
    expect(() => refuseUnsuitable(on('express'), version)).not.toThrow();
  });

  test('S4: starts on Express under the installed Nest', () => {
    expect(() => refuseUnsuitable(on('express'))).not.toThrow();
  });

  test.each(['9.4.3', '10.4.20'])('S4: refuses Nest %s by its version, and says what to install', (version) => {
    expect(() => refuseUnsuitable(on('express'), version)).toThrow(
      new RegExp(`needs Nest 11 or 12, and this is ${version.replaceAll('.', '\\.')}.*npm install`),
    );
  });

  test.each(['fastify', 'h3', ''])('S4: refuses the adapter %j by name, and says what to install', (adapter) => {
    expect(() => refuseUnsuitable(on(adapter), '12.5.1')).toThrow(
      new RegExp(
        `runs on ${adapter || 'none'}.*npm install @nestjs/platform-express`.replace(adapter, `'?${adapter}'?`),
      ),
    );
  });

  test('S4: names both mistakes at once', () => {
    expect(() => refuseUnsuitable(on('fastify'), '10.0.0')).toThrow(/Nest 11 or 12[\s\S]*Express adapter/);
  });
});
