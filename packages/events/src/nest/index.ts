export { connectEvents, EventsServer } from './events-server.js';
export { reportEvents } from './report-events.js';
