export { type CarryOptions, carryEvents } from './carry-events.js';
export { connectEvents, EventsServer } from './events-server.js';
export { reportEvents } from './report-events.js';
