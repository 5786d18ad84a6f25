import { defineJourney } from './journey.js';

export default defineJourney({
  id: 'no-cookie-jar',
  title: "Like todos, but as a client that sends its session cookie by hand and forgets the balancer's",
  steps: { list: 5, profile: 2, add: 1, toggle: 2 },
  first: ['add', 'add'],
  comesBack: true,
  chats: false,
  keepsAffinity: false,
});
