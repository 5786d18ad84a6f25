import { exampleFor } from '@holdfast/proxy';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { type GatewayFile, type ParsedGatewayFile, parseGatewayFile, toProxyConfig } from './gateway-file.js';
import { EXAMPLES, gatewayFileSchema } from './gateway-file.schema.js';

const valid = `
listen: { port: 8080 }
admin: { port: 9080 }
upstreams:
  calm:
    destinations: [{ id: app-1, url: http://127.0.0.1:3001 }]
  storm:
    destinations: []
    hint: start it with npm start
routes:
  - { host: calm.localhost, path: /, upstream: calm }
  - { host: storm.localhost, path: /, upstream: storm }
scenarios: { active: calm }
`;

function fileOf(parsed: ParsedGatewayFile): GatewayFile {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.file;
}

async function mistakesOf(text: string) {
  const parsed = await parseGatewayFile(text);
  return parsed.ok ? [] : parsed.mistakes;
}

describe('gateway file', () => {
  test('reads YAML and fills in optional settings', async () => {
    const file = fileOf(await parseGatewayFile(valid.replace('admin: { port: 9080 }', '')));
    expect(file.admin).toEqual({ port: 9080 });
    expect(file.scenarios).toMatchObject({ active: 'calm', domain: 'localhost', descriptions: [] });
  });

  test('reads JSON', async () => {
    const text = JSON.stringify({ upstreams: { app: { destinations: [] } }, routes: [{ path: '/', upstream: 'app' }] });
    expect(fileOf(await parseGatewayFile(text)).scenarios).toBeUndefined();
  });

  test('lets the environment choose the ports', async () => {
    const file = fileOf(await parseGatewayFile(valid, { port: 0, adminPort: 0 }));
    expect(file.proxy.listen).toMatchObject({ port: 0, host: '127.0.0.1' });
    expect(file.admin.port).toBe(0);
  });

  test('lets the environment bring the secrets of affinity cookies, and judges them as those of the file', async () => {
    const affinitySecrets = ['from-the-environment'];
    const file = fileOf(await parseGatewayFile(`${valid}affinitySecrets: [from-the-file-itself]`, { affinitySecrets }));
    expect(file.proxy.affinitySecrets).toEqual(affinitySecrets);
    expect(await parseGatewayFile(valid, { affinitySecrets: ['short'] })).toMatchObject({
      ok: false,
      mistakes: [{ path: 'affinitySecrets.0' }],
    });
  });

  test('runs the active scenario at the plain hosts too', async () => {
    const { routes } = toProxyConfig(fileOf(await parseGatewayFile(valid)));
    expect(routes.filter(({ host }) => host === 'lab.localhost').map(({ upstream }) => upstream)).toEqual(['calm']);
  });

  test("lists the gateway's mistakes and the proxy's together", async () => {
    const text = valid
      .replace('port: 9080', 'port: 99999')
      .replace('app-1, url: http://127.0.0.1:3001', 'app-1, url: ftp://x')
      .replace('active: calm', 'activ: calm');
    const paths = (await mistakesOf(text)).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'admin.port',
        'scenarios.active',
        'scenarios.activ',
        'upstreams.calm.destinations.0.url',
      ]),
    );
  });

  test('gives every mistake an example that is not empty', async () => {
    const text = valid.replace('active: calm', 'active: 7').replace('admin: { port: 9080 }', 'admin: yes');
    expect(await mistakesOf(text)).not.toHaveLength(0);
    for (const { example, problem } of await mistakesOf(text)) {
      expect(example).not.toBe('');
      expect(problem).not.toBe('');
    }
  });

  test('names the line of broken YAML', async () => {
    expect((await mistakesOf('listen: { port: 8080\nroutes: []\n'))[0]?.path).toMatch(/^line \d+$/);
  });

  test.each(['', '42', '- a list', 'null'])('says that %j is not a mapping', async (text) => {
    expect(await mistakesOf(text)).toMatchObject([{ path: '(file)', problem: 'is not a mapping of settings' }]);
  });

  test('refuses aliases that expand without end', async () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => pair.split(''))) {
      lines.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`);
    }
    expect(await mistakesOf(lines.join('\n'))).toHaveLength(1);
  });

  test('refuses an active scenario that no route names, and lists the existing ones', async () => {
    expect(await mistakesOf(valid.replace('active: calm', 'active: typo'))).toEqual([
      { path: 'scenarios.active', problem: '"typo" has no routes: the routes name calm, storm', example: 'calm' },
    ]);
  });

  test('refuses a plain route that would conflict with the active scenario', async () => {
    const text = valid.replace('routes:\n', 'routes:\n  - { host: localhost, path: /, upstream: storm }\n');
    expect((await mistakesOf(text))[0]?.problem).toMatch(/has the host and path of/);
  });
});

const minimal = 'upstreams: { app: { destinations: [] } }\nroutes: [{ upstream: app }]\n';

test.each([
  ['listen: { port: 9080 }', 'admin.port', '9081'],
  ['listen: { port: 9080, host: 0.0.0.0 }', 'admin.port', '9081'],
  ['listen: { port: 9080, host: localhost }', 'admin.port', '9081'],
  ['status: { port: 9080 }', 'status.port', '9081'],
  ['status: { port: 8080, host: 0.0.0.0 }', 'status.port', '8081'],
])('P17: one port for two listeners is a mistake: %s', async (text, path, example) => {
  expect(await mistakesOf(minimal + text)).toMatchObject([{ path, example }]);
});

test.each(['listen: { port: 0 }\nadmin: { port: 0 }', 'listen: { port: 9080, host: 10.0.0.5 }'])(
  'one number for two addresses, and 0 for any free port, are valid: %s',
  async (text) => {
    expect(await mistakesOf(minimal + text)).toEqual([]);
  },
);

test('P17: ports from the environment are compared too', async () => {
  const parsed = await parseGatewayFile(minimal, { port: 9000, adminPort: 9000 });
  expect(parsed).toMatchObject({ ok: false, mistakes: [{ path: 'admin.port' }] });
});

test('P17: every mistake of every part is reported at once', async () => {
  const text = `listen: { port: 9080, host: 300.1.1.1 }\nadmin: { prot: 1 }\ncolour: red
upstreams: { app: { policy: fastest, destinations: [] } }\nroutes: [{ upstream: ap }]\nscenarios: { active: A }\nstatus: {}`;
  expect((await mistakesOf(text)).map(({ path }) => path).sort()).toEqual([
    'admin.prot',
    'colour',
    'listen.host',
    'routes.0.upstream',
    'scenarios.active',
    'status.port',
    'upstreams.app.policy',
  ]);
});

test('P17: a misspelt key of the gateway is named', async () => {
  expect(await mistakesOf(`${minimal}admn: { port: 9080 }`)).toMatchObject([
    { path: 'admn', problem: 'is not a setting: did you mean admin?', example: 'admin: { port: 9080 }' },
  ]);
});

test('P13: the warnings of the proxy are passed on', async () => {
  const text = 'upstreams: { app: { affinity: { cookie: aff }, destinations: [] } }\nroutes: []\n';
  expect(await parseGatewayFile(text)).toMatchObject({ warnings: [expect.stringContaining('affinitySecrets')] });
});

test('an answer for an unknown host lists the scenarios', async () => {
  expect(toProxyConfig(fileOf(await parseGatewayFile(valid))).noRouteHint).toBe(
    'No route matches this host and path. There are: localhost (calm), calm.localhost, storm.localhost.',
  );
});

/** Every setting that has a value of its own, with the schema of that value. */
function leavesOf(schema: z.ZodType, path: readonly string[]): [string[], z.ZodType][] {
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  if (inner) return leavesOf(schema.unwrap() as z.ZodType, path);
  const children: [string, z.ZodType][] =
    schema instanceof z.ZodObject
      ? Object.entries(schema.shape as Record<string, z.ZodType>)
      : schema instanceof z.ZodRecord
        ? [['app', schema.valueType as z.ZodType]]
        : schema instanceof z.ZodArray
          ? [['0', schema.element as z.ZodType]]
          : [];
  return [[[...path], schema], ...children.flatMap(([key, child]) => leavesOf(child, [...path, key]))];
}

test('P17: the example of every setting is right for it', async () => {
  const wrong = leavesOf(gatewayFileSchema, []).flatMap(([path, schema]) => {
    if (path.length === 0) return [];
    const at = path.join('.');
    const shown = EXAMPLES[at] ?? exampleFor(path);
    const values = shown.split(' | ').map((text) => parse(text) as unknown);
    return values.every((value) => schema.safeParse(value).success) ? [] : [`${at}: ${shown}`];
  });
  expect(wrong).toEqual([]);
});
