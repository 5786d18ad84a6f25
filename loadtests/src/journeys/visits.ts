import { defineJourney } from './journey.js';

export default defineJourney({
  id: 'visits',
  title: 'Signs in, adds todos, reads and ticks them, and leaves for good after at most eight seconds',
  steps: { list: 5, profile: 2, add: 1, toggle: 2 },
  first: ['add', 'add'],
  staysMs: 8_000,
  comesBack: false,
  chats: false,
  keepsAffinity: true,
});
