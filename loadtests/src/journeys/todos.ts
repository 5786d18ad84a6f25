import { defineJourney } from './journey.js';

export default defineJourney({
  id: 'todos',
  title: 'Signs in, says hello in the chat, adds todos, reads and ticks them; logs in again when asked to',
  steps: { list: 5, profile: 2, add: 1, toggle: 2 },
  first: ['add', 'add'],
  comesBack: true,
  chats: true,
  keepsAffinity: true,
});
