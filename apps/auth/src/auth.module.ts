import { availableParallelism } from 'node:os';
import { REDIS } from '@holdfast/service';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { AccountRepository } from './accounts/account.repository.js';
import { AccountsService } from './accounts/accounts.service.js';
import { RedisAccountRepository } from './accounts/redis-account.repository.js';
import { ActivityConsumer } from './activity/activity.consumer.js';
import { ActivityController } from './activity/activity.controller.js';
import { ActivityRepository } from './activity/activity.repository.js';
import { RedisActivityRepository } from './activity/redis-activity.repository.js';
import type { AuthConfig } from './auth.config.js';
import { DevicesController } from './devices/devices.controller.js';
import { RecentLogin } from './devices/recent-login.js';
import { AttemptLimits } from './limits/attempt-limits.js';
import { RedisBucketRepository } from './limits/redis-bucket.repository.js';
import { RedisFamiliarAddressRepository } from './limits/redis-familiar-addresses.repository.js';
import { PasskeysController } from './passkeys/passkeys.controller.js';
import { PasskeysService } from './passkeys/passkeys.service.js';
import { RedisPasskeyRepository } from './passkeys/redis-passkey.repository.js';
import { RelyingParty } from './passkeys/relying-party.js';
import { HashSlots } from './passwords/hash-slots.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { RedisSecondFactorRepository } from './second-factor/redis-second-factor.repository.js';
import { Sealer } from './second-factor/sealer.js';
import { SecondFactorController } from './second-factor/second-factor.controller.js';
import { SecondFactorService } from './second-factor/second-factor.service.js';
import { PasskeyLoginController } from './sign-in/passkey-login.controller.js';
import { KEY_PREFIX, SessionEvents } from './sign-in/session-events.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInService } from './sign-in/sign-in.service.js';

/** Each slot keeps 19 MiB and a core busy for 40 ms; Node's thread pool runs four at once. */
const MOST_SLOTS = 4;
/** About ten seconds of work for two slots. */
const MOST_WAITING = 500;

/** Accounts, login, devices, activity. Expects `SessionModule` and `RedisModule` to be global beside it. */
@Module({
  controllers: [
    SignInController,
    SecondFactorController,
    DevicesController,
    ActivityController,
    ActivityConsumer,
    PasskeysController,
    PasskeyLoginController,
  ],
})
// biome-ignore lint/complexity/noStaticOnlyClass: a Nest module is a class.
export class AuthModule {
  static forRoot(config: AuthConfig): DynamicModule {
    const fromRedis = <T>(provide: Provider['constructor'], build: (redis: Redis) => T | Promise<T>) => ({
      provide,
      inject: [REDIS],
      useFactory: build,
    });
    return {
      module: AuthModule,
      providers: [
        fromRedis(AccountRepository, (redis) => new RedisAccountRepository(redis, config.KEY_PREFIX)),
        fromRedis(ActivityRepository, (redis) => new RedisActivityRepository(redis, config.KEY_PREFIX)),
        fromRedis(AttemptLimits, (redis) => openLimits(redis, config)),
        {
          provide: HashSlots,
          useFactory: () => new HashSlots(Math.min(availableParallelism(), MOST_SLOTS), MOST_WAITING),
        },
        PasswordHasher,
        AccountsService,
        {
          provide: SecondFactorService,
          inject: [REDIS, AttemptLimits],
          useFactory: (redis: Redis, limits: AttemptLimits) => openSecondFactor(redis, limits, config),
        },
        fromRedis(PasskeysService, (redis) => openPasskeys(redis, config)),
        { provide: RecentLogin, useValue: new RecentLogin(config.REAUTHENTICATE_AFTER_SECONDS) },
        { provide: KEY_PREFIX, useValue: config.KEY_PREFIX },
        SessionEvents,
        SignInService,
      ],
    };
  }
}

function openLimits(redis: Redis, config: AuthConfig): AttemptLimits {
  return new AttemptLimits(
    new RedisBucketRepository(redis, config.KEY_PREFIX),
    new RedisFamiliarAddressRepository(redis, config.KEY_PREFIX),
    {
      failuresPerAccountAndAddress: config.LOGIN_FAILURES_PER_ACCOUNT_AND_ADDRESS,
      failuresPerAccount: config.LOGIN_FAILURES_PER_ACCOUNT,
      failuresPerAddress: config.LOGIN_FAILURES_PER_ADDRESS,
      registrationsPerAddress: config.REGISTRATIONS_PER_ADDRESS,
      codesPerAccount: config.SECOND_FACTOR_CODES_PER_ACCOUNT,
      challengesPerAddress: config.PASSKEY_LOGINS_PER_ADDRESS,
      windowSeconds: config.ATTEMPT_WINDOW_SECONDS,
    },
  );
}

function openSecondFactor(redis: Redis, limits: AttemptLimits, config: AuthConfig): SecondFactorService {
  const factors = new RedisSecondFactorRepository(redis, config.KEY_PREFIX);
  return new SecondFactorService(
    factors,
    new Sealer(config.SECOND_FACTOR_SECRETS ?? []),
    limits,
    config.SECOND_FACTOR_ISSUER,
  );
}

async function openPasskeys(redis: Redis, config: AuthConfig): Promise<PasskeysService> {
  const { PASSKEY_RP_ID: id, PASSKEY_ORIGINS: origins = [], PASSKEY_RP_NAME: name } = config;
  const relyingParty = id === undefined ? undefined : await RelyingParty.open({ id, origins, name });
  return new PasskeysService(new RedisPasskeyRepository(redis, config.KEY_PREFIX), relyingParty);
}
