export { connectEvents, EventsServer } from './events-server.js';
