import { defineJourney } from './journey.js';

export default defineJourney({
  id: 'visits',
  title: 'Signs in, adds todos, reads and ticks them, and never logs in again',
  steps: { list: 5, profile: 2, add: 1, toggle: 2 },
  first: ['add', 'add'],
  comesBack: false,
  chats: false,
  keepsAffinity: true,
});
