import '../../without-eval.js';
import { listenAsActor } from './actor.js';

listenAsActor();
