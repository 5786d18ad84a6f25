// The programs that tests need: found, or fetched and built once; a loud line for each that cannot be had.

/**
 * Resolves with the variables that point the tests to them, and with what is missing.
 * @param {string} dataDir where programs are kept that were built once
 * @param {readonly ('redis' | 'memcached' | 'chromium' | 'k6' | 'toxiproxy' | 'collector' | 'kafka' | 'kubernetes' | 'nginx' | 'haproxy' | 'caddy' | 'prometheus')[]} wanted
 * @returns {Promise<{ env: Record<string, string>, missing: string[] }>}
 */
export async function obtainTestTools(dataDir, wanted) {
  const tools = await import('../dist/index.js');
  const say = tools.sayOnStderr;
  /** @type {Record<(typeof wanted)[number], () => Promise<Record<string, string>>>} */
  const obtain = {
    async redis() {
      if ((tools.findRedisBinary() ?? (await tools.installRedis(say))) === undefined)
        throw new Error(tools.HOW_TO_GET_REDIS);
      return {};
    },
    async memcached() {
      if ((await tools.obtainMemcachedBinary(say)) === undefined) throw new Error(tools.HOW_TO_GET_MEMCACHED);
      return {};
    },
    async chromium() {
      const chromium = await tools.obtainChromium();
      if (chromium === undefined) throw new Error(tools.HOW_TO_GET_CHROMIUM);
      return { CHROMIUM_BIN: chromium };
    },
    async k6() {
      const { command, args } = await tools.obtainK6(dataDir);
      // With arguments it runs in a container, which the lab starts by itself.
      return args.length === 0 ? { K6_BIN: command } : {};
    },
    async toxiproxy() {
      return { TOXIPROXY_BIN: (await tools.obtainToxiproxy(dataDir)).binary };
    },
    async collector() {
      await (await import('../dist/collector/obtain-collector.js')).obtainCollector(dataDir);
      return {};
    },
    async kafka() {
      await tools.obtainKafkaProgram(dataDir);
      return {};
    },
    async kubernetes() {
      await (await import('../dist/kubernetes/obtain-kubernetes.js')).obtainKubernetes(dataDir);
      return {};
    },
    async nginx() {
      await (await import('../dist/engines/nginx.js')).default.program.obtain(say);
      return {};
    },
    async caddy() {
      await (await import('../dist/engines/caddy.js')).default.program.obtain(say);
      return {};
    },
    async prometheus() {
      await (await import('../dist/prometheus/obtain-prometheus.js')).obtainPrometheus(say);
      return {};
    },
    async haproxy() {
      await (await import('../dist/engines/haproxy.js')).default.program.obtain(say);
      return {};
    },
  };
  /** @type {Record<string, string>} */
  const env = {};
  const missing = [];
  for (const name of wanted) {
    try {
      Object.assign(env, await obtain[name]());
    } catch (error) {
      missing.push(name);
      const why = error instanceof Error ? error.message : String(error);
      console.error(`!!! WITHOUT ${name.toUpperCase()}: the tests that need it are skipped or fail. ${why}`);
    }
  }
  return { env, missing };
}
