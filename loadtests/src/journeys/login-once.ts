import { defineJourney } from './journey.js';

export default defineJourney({
  id: 'login-once',
  title: 'Signs in once and then only asks who it is, never logging in again',
  steps: { profile: 1 },
  first: [],
  comesBack: false,
  chats: false,
  keepsAffinity: true,
});
