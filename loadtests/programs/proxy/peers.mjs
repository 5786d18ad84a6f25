/** The Node proxies people use, each with keep-alive to the destinations, as its readers are told to run it. */
import { Agent, createServer } from 'node:http';

const ports = JSON.parse(process.env.DESTINATIONS);
let turn = 0;
const next = () => `http://127.0.0.1:${ports[turn++ % ports.length]}`;
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

async function handlerOf(name) {
  switch (name) {
    case 'http-proxy': {
      const { default: httpProxy } = await import('http-proxy');
      const proxy = httpProxy.createProxyServer({ agent });
      return {
        web: (q, a) => proxy.web(q, a, { target: next() }, () => a.destroy()),
        ws: (q, s, h) => proxy.ws(q, s, h, { target: next() }),
      };
    }
    case 'http-proxy-3': {
      const { createProxyServer } = await import('http-proxy-3');
      const proxy = createProxyServer({ agent });
      return {
        web: (q, a) => proxy.web(q, a, { target: next() }, () => a.destroy()),
        ws: (q, s, h) => proxy.ws(q, s, h, { target: next() }),
      };
    }
    case 'fast-proxy': {
      const { default: fastProxy } = await import('fast-proxy');
      const { proxy } = fastProxy({ undici: false });
      return { web: (q, a) => proxy(q, a, next() + q.url, {}) };
    }
    case 'http-proxy-middleware': {
      const { createProxyMiddleware } = await import('http-proxy-middleware');
      const middleware = createProxyMiddleware({ target: next(), router: next, agent });
      return { web: (q, a) => middleware(q, a, () => a.end()) };
    }
    default:
      throw new Error(`no peer called ${name}`);
  }
}

const { web, ws } = await handlerOf(process.env.PEER);
const server = createServer(web);
if (ws) server.on('upgrade', ws);
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
