export { type Client, type ClientOptions, createClient } from './client.js';
export type { Answer, Exchange } from './exchange.js';
export { parseRouteNote, type RouteNote } from './route-note.js';
