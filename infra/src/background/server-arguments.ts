import { parseArgs } from 'node:util';

/** The servers that `npm run infra` can start alone. */
export const serverNames = ['redis', 'kafka', 'memcached', 'toxiproxy'] as const;

/** One way to run a server: `redis` in three, Kafka in two, each with data of its own. */
export interface ServerForm {
  readonly server: (typeof serverNames)[number];
  /** Name of its data's folder, and in messages. */
  readonly name: string;
  /** The value of the flag; undefined: the plain form. */
  readonly value?: string;
}

/** What a person asked for, without `up` or `down`. */
export interface ServerArguments {
  /** The variable that points programs to the server. */
  readonly variable: string;
  /** The form of the flag; without a flag every form, the plain one first. */
  readonly forms: readonly [ServerForm, ...ServerForm[]];
}

const variables = {
  redis: 'REDIS_URL',
  kafka: 'KAFKA_BROKERS',
  memcached: 'MEMCACHED_URL',
  toxiproxy: 'TOXIPROXY_URL',
} as const;

/** The flag of a server that has several forms; the first value is the plain form. */
const flags: Partial<Record<ServerForm['server'], { readonly flag: string; readonly values: readonly string[] }>> = {
  redis: { flag: 'profile', values: ['single', 'sentinel', 'cluster'] },
  kafka: { flag: 'brokers', values: ['1', '3'] },
};

/** Reads `redis --profile cluster`. A mistake names the flag and its values. */
export function readServerArguments(args: readonly string[]): ServerArguments | { readonly mistake: string } {
  let parsed: { values: { profile?: string; brokers?: string }; positionals: string[] };
  try {
    const options = { profile: { type: 'string' }, brokers: { type: 'string' } } as const;
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return { mistake: `${(error as Error).message.split('.')[0]}.` };
  }
  const { values, positionals } = parsed;
  const server = serverNames.find((name) => name === positionals[0]);
  if (server === undefined || positionals.length !== 1) {
    return { mistake: `Give the name of one server: ${serverNames.join(', ')}.` };
  }
  const own = flags[server];
  const foreign = Object.keys(values).find((name) => name !== own?.flag);
  if (foreign !== undefined) {
    const has = own === undefined ? 'it has no flags' : `its flag is --${own.flag} ${own.values.join('|')}`;
    return { mistake: `--${foreign} is not for ${server}: ${has}.` };
  }
  const value = values[own?.flag as keyof typeof values];
  if (own !== undefined && value !== undefined && !own.values.includes(value)) {
    return { mistake: `--${own.flag} is "${value}": it must be one of ${own.values.join(', ')}.` };
  }
  const plain: ServerForm = { server, name: server };
  const others = (own?.values.slice(1) ?? []).map((each) => ({ server, name: `${server}-${each}`, value: each }));
  const form = others.find((other) => other.value === value);
  const variable = variables[server];
  if (value === undefined) return { variable, forms: [plain, ...others] };
  return { variable, forms: [form ?? plain] };
}
