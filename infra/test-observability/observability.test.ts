import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { obtainCollector } from '../src/collector/obtain-collector.js';
import { type KafkaServer, obtainKafkaProgram, startKafkaServer } from '../src/index.js';
import { obtainPrometheus, type PrometheusPrograms } from '../src/prometheus/obtain-prometheus.js';
import { startPrometheusServer } from '../src/prometheus/prometheus-server.js';
import { type Collector, startCollectorBefore } from '../test/support/collector.js';
import { type RunningSystem, startSystem } from '../test/support/running-system.js';
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from '../test/support/trace-receiver.js';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '../observability');
const repository = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'holdfast-observability-'));
const BROWSER = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' };

let receiver: TraceReceiver;
let collector: Collector | undefined;
let kafka: KafkaServer | undefined;
let system: RunningSystem;
let programs: PrometheusPrograms;

beforeAll(async () => {
  programs = await obtainPrometheus(() => undefined);
  receiver = await startTraceReceiver();
  kafka = await startKafka();
  collector = await startCollector();
  system = await startSystem(['--scenarios', 'round-robin-cached'], join(dir, 'data'), {
    ...(kafka !== undefined && { KAFKA_BROKERS: kafka.brokers }),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector?.endpoint ?? receiver.endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    GATEWAY_ACCESS_LOG: 'true',
    LOG_LEVEL: 'debug',
  });
}, 180_000);

afterAll(async () => {
  await system?.stop();
  await kafka?.stop();
  await collector?.stop();
  await receiver?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A real Collector between the system and the receiver. */
async function startCollector(): Promise<Collector | undefined> {
  const dataDir = resolve(repository, process.env.DATA_DIR || '.data');
  const binary = await obtainCollector(dataDir).catch((error: Error) => {
    process.stderr.write(`!!! WITHOUT A COLLECTOR: the spans go straight to the test. ${error.message}\n`);
  });
  return binary === undefined ? undefined : startCollectorBefore(receiver.endpoint, binary, dir);
}

async function startKafka(): Promise<KafkaServer | undefined> {
  try {
    const program = await obtainKafkaProgram(resolve(repository, process.env.DATA_DIR || '.data'));
    return await startKafkaServer({ program, dir: join(dir, 'kafka') });
  } catch (error) {
    process.stderr.write(`!!! WITHOUT KAFKA: Redis Streams carry the traced events. ${error}\n`);
    return undefined;
  }
}

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined, ms = 45_000): Promise<T> {
  for (const deadline = Date.now() + ms; ; await delay(50)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
  }
}

async function send(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(system.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  await answer.arrayBuffer();
  return answer;
}

/** A request for a host that the gateway does not know, which it answers itself. */
function askStranger(): Promise<void> {
  return new Promise((done, reject) => {
    const headers = { host: 'nobody.example' };
    get(system.url, { headers, agent: false }, (answer) => answer.resume().on('end', done)).on('error', reject);
  });
}

async function register(name: string): Promise<string> {
  const answer = await send('POST', '/auth/register', { username: name, password: 'correct horse battery staple' });
  expect(answer.status).toBe(201);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

describe('one request', () => {
  let spans: readonly ReceivedSpan[];
  let requestId: string;
  const find = (service: string, name: string): ReceivedSpan => {
    const found = spans.find((span) => span.service === service && span.name === name);
    if (found === undefined)
      throw new Error(`No ${service}: ${name} among ${spans.map((span) => `${span.service}: ${span.name}`)}`);
    return found;
  };

  beforeAll(async () => {
    const cookie = await register('tracy');
    const traceparent = `00-${BROWSER.trace}-${BROWSER.span}-01`;
    const added = await send('POST', '/todos', { title: 'tea' }, { cookie, traceparent });
    expect(added.status).toBe(201);
    requestId = added.headers.get('x-request-id') ?? '';
    const wanted = ['POST round-robin-cached-todo', 'POST /todos', 'process todo.added'];
    if (kafka !== undefined) wanted.push('send todo.added');
    spans = await until('the consumer’s span arrives', () => {
      const found = receiver.spansOf(BROWSER.trace);
      const hasAll = wanted.every((name) => found.some((span) => span.name === name));
      return hasAll ? found : undefined;
    });
  });

  test('is one trace from the browser to the consumer of its event', () => {
    const [gateway, todo, consumer] = [
      find('gateway', 'POST round-robin-cached-todo'),
      find('todo', 'POST /todos'),
      find('auth', 'process todo.added'),
    ];
    expect(gateway.parentSpanId).toBe(BROWSER.span);
    expect(gateway.attributes).toMatchObject({ 'holdfast.destination': 'todo-1', 'http.response.status_code': 201 });
    expect(todo.parentSpanId).toBe(gateway.spanId);
    expect(consumer.parentSpanId).toBe(todo.spanId);
    expect(consumer.attributes['messaging.system']).toBe(kafka === undefined ? 'redis' : 'kafka');
    const commandsOf = (parent: ReceivedSpan) =>
      spans.filter((span) => span.parentSpanId === parent.spanId && span.attributes['db.system.name'] === 'redis');
    expect(commandsOf(todo).length).toBeGreaterThan(0);
    expect(commandsOf(consumer).length).toBeGreaterThan(0);
    // No key and no value of Redis leaves the process.
    expect(JSON.stringify(spans)).not.toMatch(/hf:cached|tea/);
  });

  test('its event is traced on its way into Kafka', () => {
    if (kafka === undefined) return;
    const todo = find('todo', 'POST /todos');
    // Any process may have the relay's lease.
    const sent = spans.find((span) => span.name === 'send todo.added');
    expect(sent?.parentSpanId).toBe(todo.spanId);
  });

  test('has one id in the logs of gateway, service and consumer', async () => {
    const lines = await until('each has logged it', () => {
      const found = system
        .output()
        .split('\n')
        .filter((line) => line.includes(`"requestId":"${requestId}"`));
      const isThere = (service: string) => found.some((line) => line.includes(`"service":"${service}"`));
      return ['gateway', 'todo', 'auth'].every(isThere) ? found : undefined;
    });
    const ofServices = lines.filter((line) => !line.includes('"service":"gateway"'));
    expect(ofServices.filter((line) => !line.includes(`"traceId":"${BROWSER.trace}"`))).toEqual([]);
  });
});

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}
interface Queried {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** Where each process tells of its metrics. */
async function scrapeTargets(): Promise<readonly { readonly app: string; readonly host: string }[]> {
  const { processes } = (await (await fetch(`${system.adminUrl}/fleet`)).json()) as {
    processes: { app: string; port: number }[];
  };
  const apps = processes.filter(({ app }) => ['auth', 'todo', 'chat'].includes(app));
  return [
    ...apps.map(({ app, port }) => ({ app, host: `127.0.0.1:${port}` })),
    { app: 'gateway', host: new URL(system.adminUrl).host },
  ];
}

describe('alert rules', () => {
  test('are accepted by promtool, and fire when they should', async () => {
    const check = await run(programs.promtool, ['check', 'rules', join(folder, 'alerts.yaml')]);
    expect(check.stdout).toMatch(/SUCCESS: \d+ rules found/);
    const tested = await run(programs.promtool, ['test', 'rules', join(folder, 'alerts.test.yaml')]);
    expect(tested.stdout).toContain('SUCCESS');
  });

  test('are the rules of each Prometheus of the Compose deployment', async () => {
    const compose = join(import.meta.dirname, '../deployments/compose');
    for (const entry of readdirSync(compose, { withFileTypes: true }).filter((found) => found.isDirectory())) {
      const etc = join(dir, 'etc', entry.name);
      mkdirSync(etc, { recursive: true });
      // As the compose file mounts them.
      copyFileSync(join(compose, entry.name, 'prometheus.yaml'), join(etc, 'prometheus.yml'));
      copyFileSync(join(folder, 'alerts.yaml'), join(etc, 'alerts.yaml'));
      const { stdout } = await run(programs.promtool, ['check', 'config', join(etc, 'prometheus.yml')]);
      expect(stdout).toMatch(/SUCCESS: 1 rule files found/);
    }
  });
});

describe('dashboards and alert rules on a Prometheus that scrapes the running system', () => {
  const files = readdirSync(join(folder, 'dashboards'));
  const panels: readonly Panel[] = files.flatMap(
    (file) => JSON.parse(readFileSync(join(folder, 'dashboards', file), 'utf8')).panels,
  );
  let query: (expr: string) => Promise<Queried>;
  let metadata: () => Promise<readonly string[]>;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const jobs = await scrapeTargets();
    const server = await startPrometheusServer({
      binary: programs.prometheus,
      dir: join(dir, 'prometheus'),
      config: JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [join(folder, 'alerts.yaml')],
        scrape_configs: jobs.map(({ app, host }) => ({ job_name: app, static_configs: [{ targets: [host] }] })),
      }),
    });
    stop = () => server.stop();
    const ask = async (path: string) => (await fetch(server.url + path)).json();
    query = async (expr) => (await ask(`/api/v1/query?query=${encodeURIComponent(expr)}`)) as Queried;
    metadata = async () => Object.keys(((await ask('/api/v1/metadata')) as { data: object }).data);
  });
  afterAll(() => stop?.());

  test('every query of every panel finds series with numbers', async () => {
    const cookie = await register('dash');
    const open = new Map<string, string>();
    for (const { title, targets } of panels) {
      for (const { expr } of targets) open.set(expr.replaceAll('$__rate_interval', '10s'), title);
    }
    expect(open.size).toBeGreaterThan(30);
    await until('every query has an answer', async () => {
      // Traffic goes on, so that rates are rates of something.
      await send('GET', '/todos', undefined, { cookie });
      await send('GET', '/auth/me', undefined, { cookie });
      await askStranger();
      for (const expr of open.keys()) {
        const { status, error, data } = await query(expr);
        if (status !== 'success') throw new Error(`${open.get(expr)}: ${error}`);
        if (data?.result.some(({ value }) => Number.isFinite(Number(value[1])))) open.delete(expr);
      }
      return open.size === 0 ? true : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; without: ${[...open].map(([expr, title]) => `${title}: ${expr}`).join('; ')}`);
    });
  });

  test('promtool has nothing against a metric of any process', async () => {
    for (const { app, host } of await scrapeTargets()) {
      const input = await (await fetch(`http://${host}/metrics`)).text();
      const { status, stderr } = spawnSync(programs.promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
      expect({ app, status, stderr }).toEqual({ app, status: 0, stderr: '' });
    }
  });

  test('every metric that an alert names exists, and no alert fires in calm weather', async () => {
    const { groups } = parse(readFileSync(join(folder, 'alerts.yaml'), 'utf8')) as {
      groups: { rules: { alert: string; expr: string }[] }[];
    };
    const known = await metadata();
    for (const { alert, expr } of groups.flatMap(({ rules }) => rules)) {
      const names = (expr.match(/[a-z]+(?:_[a-z0-9]+)+(?=[[{ )])/g) ?? []).filter(
        (name) => !name.startsWith('histogram_'),
      );
      const missing = names.filter((name) => !known.includes(name.replace(/_(bucket|count|sum)$/, '')));
      expect({ alert, missing }).toEqual({ alert, missing: [] });
      expect({ alert, status: (await query(expr)).status }).toEqual({ alert, status: 'success' });
    }
    expect((await query('ALERTS{alertstate="firing"}')).data?.result).toEqual([]);
  });
});
