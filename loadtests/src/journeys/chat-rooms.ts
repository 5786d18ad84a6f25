import { defineJourney } from './journey.js';

/** The number of rooms in which the users of one run talk. */
const ROOMS = 5;
/** The time after the last message in which an acknowledgement counts. */
const ANSWER_MS = 4_000;
/** The time that a user waits for missing messages: a message that pub/sub lost in a quiet room is found within 10 s. */
const PATIENCE_MS = 15_000;

export default defineJourney({
  id: 'chat-rooms',
  title: 'Signs in, joins one of a few chat rooms, says something at a pace, and comes back by itself when cut off',
  steps: {},
  first: [],
  comesBack: true,
  chats: false,
  keepsAffinity: true,
  script: 'chat-journey',
  tells: ({ warmUpMs, measureMs, perSecond }) => ({
    rooms: ROOMS,
    sayFromMs: warmUpMs,
    sayUntilMs: warmUpMs + measureMs,
    answeredUntilMs: warmUpMs + measureMs + ANSWER_MS,
    patienceMs: PATIENCE_MS,
    pauseMs: Math.round(1_000 / perSecond),
  }),
});
