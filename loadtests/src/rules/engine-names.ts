import { TWIN } from './speeds.js';

/** The gateway that starts the fleets. Arms and sentences that name no engine are about it. */
export const OUR_ENGINE = 'holdfast';

/** `round-robin-cached@nginx`, `round-robin-cached@nginx@twin`. */
export function armBehind(arm: string, engine: string): string {
  if (engine === OUR_ENGINE) return arm;
  return arm.endsWith(TWIN) ? `${arm.slice(0, -TWIN.length)}@${engine}${TWIN}` : `${arm}@${engine}`;
}

/** A rule's sentence, which is unique in a file of results. */
export function sentenceBehind(say: string, engine: string): string {
  return engine === OUR_ENGINE ? say : `Behind ${engine}: ${say}`;
}

/** The sentence without its engine. Results from the time before other engines do not name one. */
export function sentenceWithout(sentence: string, engine: string | undefined): string {
  const front = `Behind ${engine}: `;
  return engine !== undefined && sentence.startsWith(front) ? sentence.slice(front.length) : sentence;
}
