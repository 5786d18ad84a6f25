import {
  type DynamicModule,
  Inject,
  type InjectionToken,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestModule,
  type OnApplicationShutdown,
  type OptionalFactoryDependency,
  type Provider,
} from '@nestjs/common';
import { createSessions } from '../create-sessions.js';
import type { SessionOptions } from '../session-options.js';
import { Sessions } from '../sessions.js';
import { refuseUnsuitable } from './refuse-unsuitable.js';
import { SessionGuard } from './session.guard.js';

const SESSION_OPTIONS = Symbol('SESSION_OPTIONS');

export interface SessionModuleAsyncOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: Array<InjectionToken | OptionalFactoryDependency>;
  // biome-ignore lint/suspicious/noExplicitAny: Nest resolves `inject` at run time; typed parameters would not be assignable to unknown.
  readonly useFactory: (...dependencies: any[]) => SessionOptions | Promise<SessionOptions>;
}

/**
 * Global module: every request passes the session middleware, and `SessionService` and `SessionGuard` can be injected
 * anywhere. On shutdown it closes the connections it opened, never the Redis client it was given.
 */
@Module({})
export class SessionModule implements NestModule, OnApplicationShutdown {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  static forRoot(options: SessionOptions): DynamicModule {
    return build({ provide: SESSION_OPTIONS, useValue: options });
  }

  static forRootAsync(options: SessionModuleAsyncOptions): DynamicModule {
    const { inject = [], imports = [], useFactory } = options;
    return build({ provide: SESSION_OPTIONS, inject, useFactory }, imports);
  }

  configure(consumer: MiddlewareConsumer): void {
    refuseUnsuitable(consumer);
    consumer.apply(this.sessions.middleware).forRoutes('{*path}');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.sessions.close();
  }
}

function build(options: Provider, imports: ModuleMetadata['imports'] = []): DynamicModule {
  return {
    module: SessionModule,
    global: true,
    imports,
    providers: [options, { provide: Sessions, inject: [SESSION_OPTIONS], useFactory: createSessions }, SessionGuard],
    exports: [Sessions, SessionGuard],
  };
}
