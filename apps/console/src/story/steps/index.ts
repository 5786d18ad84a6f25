import type { StoryStep } from '../step.js';
import { anyServerDies } from './any-server-dies.js';
import { balancerCookie } from './balancer-cookie.js';
import { changedAddress } from './changed-address.js';
import { chatAndLanguage } from './chat-and-language.js';
import { ipHash } from './ip-hash.js';
import { itsServerDies } from './its-server-dies.js';
import { oneServer } from './one-server.js';
import { redisDies } from './redis-dies.js';
import { secondServer } from './second-server.js';
import { updateAndScaleIn } from './update-and-scale-in.js';

/** The story, in its order. Each step stands alone: it can be the first. */
export const STORY: readonly StoryStep[] = [
  oneServer,
  secondServer,
  ipHash,
  changedAddress,
  balancerCookie,
  itsServerDies,
  updateAndScaleIn,
  anyServerDies,
  redisDies,
  chatAndLanguage,
];
