import { defineJourney } from './journey.js';

export default defineJourney({
  id: 'two-devices',
  title:
    'Signs in on a second device, ends all other sessions from the first, and asks every server with the second one',
  steps: { profile: 1 },
  first: [],
  comesBack: false,
  chats: false,
  keepsAffinity: true,
  script: 'devices-journey',
});
