import { describe, expect, it } from '@jest/globals';
import { type GatewayFile, type ParsedGatewayFile, parseGatewayFile, toProxyConfig } from './gateway-file.js';

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

function mistakesOf(text: string) {
  const parsed = parseGatewayFile(text);
  return parsed.ok ? [] : parsed.mistakes;
}

describe('gateway file', () => {
  it('reads YAML and fills in what may be left out', () => {
    const file = fileOf(parseGatewayFile(valid.replace('admin: { port: 9080 }', '')));
    expect(file.admin).toEqual({ port: 9080 });
    expect(file.scenarios).toEqual({ active: 'calm', domain: 'localhost' });
  });

  it('reads JSON', () => {
    const text = JSON.stringify({ upstreams: { app: { destinations: [] } }, routes: [{ path: '/', upstream: 'app' }] });
    expect(fileOf(parseGatewayFile(text)).scenarios).toBeUndefined();
  });

  it('lets the environment choose the ports', () => {
    const file = fileOf(parseGatewayFile(valid, { port: 0, adminPort: 0 }));
    expect(file.proxy.listen).toMatchObject({ port: 0, host: '127.0.0.1' });
    expect(file.admin.port).toBe(0);
  });

  it('runs the active scenario at the plain hosts too', () => {
    const { routes } = toProxyConfig(fileOf(parseGatewayFile(valid)));
    expect(routes.filter(({ host }) => host === 'lab.localhost').map(({ upstream }) => upstream)).toEqual(['calm']);
  });

  it("lists the gateway's mistakes and the proxy's together", () => {
    const text = valid
      .replace('port: 9080', 'port: 99999')
      .replace('app-1, url: http://127.0.0.1:3001', 'app-1, url: ftp://x')
      .replace('active: calm', 'activ: calm');
    const paths = mistakesOf(text).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'admin.port',
        'scenarios.active',
        'scenarios.activ',
        'upstreams.calm.destinations.0.url',
      ]),
    );
  });

  it('gives every mistake an example that is not empty', () => {
    const text = valid.replace('active: calm', 'active: 7').replace('admin: { port: 9080 }', 'admin: yes');
    expect(mistakesOf(text)).not.toHaveLength(0);
    for (const { example, problem } of mistakesOf(text)) {
      expect(example).not.toBe('');
      expect(problem).not.toBe('');
    }
  });

  it('names the line of broken YAML', () => {
    expect(mistakesOf('listen: { port: 8080\nroutes: []\n')[0]?.path).toMatch(/^line \d+$/);
  });

  it.each(['', '42', '- a list', 'null'])('says that %j is not a mapping', (text) => {
    expect(mistakesOf(text)).toMatchObject([{ path: '(file)', problem: 'is not a mapping of settings' }]);
  });

  it('refuses aliases that expand without end', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => pair.split(''))) {
      lines.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`);
    }
    expect(mistakesOf(lines.join('\n'))).toHaveLength(1);
  });

  it('refuses an active scenario that no route names, and says which there are', () => {
    expect(mistakesOf(valid.replace('active: calm', 'active: typo'))).toEqual([
      { path: 'scenarios.active', problem: '"typo" has no routes: the routes name calm, storm', example: 'calm' },
    ]);
  });

  it('refuses a plain route that would fight with the active scenario', () => {
    const text = valid.replace('routes:\n', 'routes:\n  - { host: localhost, path: /, upstream: storm }\n');
    expect(mistakesOf(text)[0]?.problem).toMatch(/has the host and path of/);
  });
});
