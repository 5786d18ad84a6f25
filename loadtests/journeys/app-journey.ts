import exec from 'k6/execution';
import type { AppJourney, AppStep } from '../src/app/app-step.ts';
import { type Answer, fill, isAcknowledged, isLoggedOut, namesIn, takeFrom, whyUnexpected } from './app-steps.ts';
import { type AppRequest, AppUser } from './app-user.ts';
import { lookUntilTwoAnswered } from './closing-look.ts';
import { elapsedMs, stepsPlan } from './plan.ts';

export { handleSummary, options } from './run-options.ts';

/** The actions of an app's users, from the steps of its file or from a module of the app's owner. */
export interface Promises {
  /** Logs in and calls `user.login(true)` when the app says so. */
  login(user: AppUser): void;
  /** Writes something, and calls `user.promise(token)` when the app acknowledges it. */
  write?(user: AppUser): void;
  /** Reads, and calls `user.loggedOut()`, or `user.confirm()` and `user.check(token => whether it is there)`. */
  check(user: AppUser): void;
}

export interface ToldApp {
  readonly app?: AppJourney;
  /** One user walks the journey, and every exchange is printed. */
  readonly walks?: boolean;
}

const CLOSING_LIMIT_MS = 10_000;
/** Three tries in a row reach each of three servers under round robin, so that one of them knows the login. */
const TRIES = 3;
const LOGIN_PAUSE_MS = 1_000;
const ASKS_AGAIN = 'the app asks for a login right after one';
/** Characters of a body that the walk shows. */
const MOST_SHOWN = 2_000;
const told = stepsPlan as unknown as ToldApp;

/** The script's function for these promises. */
export function journeyOf({ login, write, check }: Promises): () => void {
  return told.walks ? walk : journey;

  function journey(): void {
    const id = exec.vu.idInTest;
    const user = new AppUser(id);
    user.pauseUntil(stepsPlan.signInMs[id - 1] ?? 0);
    login(user);
    let mayLogInAtMs = Date.now() + LOGIN_PAUSE_MS;
    const comeBack = (): void => {
      if (user.isLoggedIn || Date.now() < mayLogInAtMs) return;
      login(user);
      mayLogInAtMs = Date.now() + LOGIN_PAUSE_MS;
    };
    user.ledger.readyMs = elapsedMs();
    for (const [atMs, step] of stepsPlan.steps[id - 1] ?? []) {
      user.pauseUntil(atMs);
      comeBack();
      user.intend(atMs);
      const promised = user.ledger.todos.length;
      if (step !== 'add' || write === undefined) check(user);
      else {
        write(user);
        // A person who is sent to the login page logs in and tries again.
        const isRefused = !user.isLoggedIn && user.ledger.todos.length === promised;
        if (isRefused) login(user);
        for (let n = 0; isRefused && n < TRIES && user.ledger.todos.length === promised; n++) write(user);
      }
    }
    user.pauseUntil(stepsPlan.closingMs);
    user.ledger.closingMs = elapsedMs();
    const looker = {
      get wantsSecondOpinion() {
        return user.wantsSecondOpinion;
      },
      lookClosely: (): boolean => {
        check(user);
        if (user.isLoggedIn) return true;
        login(user);
        for (let n = 0; n < TRIES; n++) check(user);
        return false;
      },
    };
    lookUntilTwoAnswered(looker, () => elapsedMs() >= stepsPlan.closingMs + CLOSING_LIMIT_MS);
    console.log(`ledger ${JSON.stringify(user.ledger)}`);
  }

  /** Logs in, reads, writes twice and reads again; ends with the first answer that is not as it should be. */
  function walk(): void {
    const user = new AppUser(exec.vu.idInTest);
    user.onExchange = (request, { status, headers, body }) =>
      console.log(
        `walked ${JSON.stringify({ request, answer: { status, headers, body: body.slice(0, MOST_SHOWN) } })}`,
      );
    // The first request is one whose time is measured, as a run needs one.
    user.intend(elapsedMs());
    const wrong = whyWrong(user);
    console.log(`walk ${JSON.stringify(wrong === undefined ? {} : { wrong })}`);
  }

  function whyWrong(user: AppUser): string | undefined {
    try {
      login(user);
      if (!user.isLoggedIn) return 'nobody was logged in';
      if (write !== undefined) {
        write(user);
        write(user);
        if (!user.isLoggedIn) return ASKS_AGAIN;
        if (user.ledger.todos.length < 2) return 'nothing was acknowledged';
      }
      check(user);
      if (!user.isLoggedIn) return ASKS_AGAIN;
      return user.ledger.todos.some(([, deniedMs]) => deniedMs !== null)
        ? 'what was written a moment ago is not there'
        : undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** The promises that an app's file describes in steps. */
export function promisesOf({ login, write, check }: AppJourney): Promises {
  const values = new Map<AppUser, Record<string, string>>();
  const valuesOf = (user: AppUser): Record<string, string> => {
    const own = values.get(user) ?? { user: user.name };
    values.set(user, own);
    return own;
  };
  return {
    login(user) {
      const isFirst = !values.has(user);
      const done = login
        .filter(({ once }) => isFirst || !once)
        .every((step) => walkStep(user, step, valuesOf(user), false) !== undefined);
      user.login(done);
    },
    ...(write.length > 0 && {
      write(user) {
        const last = write.at(-1) as AppStep;
        if (!write.slice(0, -1).every((step) => walkStep(user, step, valuesOf(user), true) !== undefined)) return;
        // The runs count writes lost by requests at the same time; the walk only checks that the steps are right.
        const tokens = Array.from({ length: told.walks ? 1 : last.together }, () => user.token());
        const requests = tokens.map((n) => requestOf(last, { ...valuesOf(user), n }));
        const answers = user.together(requests);
        const wanted = wantedOf(last, valuesOf(user));
        const good = answers.map((answer) => isAcknowledged(wanted, answer));
        if (told.walks && !answers.some((answer) => isLoggedOut(last, answer))) assertExpected(wanted, answers);
        if (good.some(Boolean)) user.confirm();
        for (const [n, token] of tokens.entries()) if (good[n]) user.promise(token);
        if (answers.some((answer) => isLoggedOut(last, answer))) user.loggedOut();
      },
    }),
    check(user) {
      const last = check.at(-1) as AppStep;
      if (!check.slice(0, -1).every((step) => walkStep(user, step, valuesOf(user), true) !== undefined)) return;
      // A page of one thing shows the newest; a page of all shows all.
      const one = namesIn(last.path).includes('n');
      const newest = user.promised.at(-1);
      if (one && newest === undefined) return;
      const answer = walkStep(user, last, { ...valuesOf(user), ...(newest !== undefined && { n: newest }) }, true);
      if (answer === undefined) return;
      const { contains } = last;
      if (contains === undefined || !namesIn(contains).includes('n')) return;
      const shows = (n: string): boolean => answer.body.includes(fill(contains, { ...valuesOf(user), n }));
      user.check(shows, one && newest !== undefined ? [newest] : undefined);
    },
  };
}

/** The answer, or undefined when it is not as expected. Behind a login, the answer also shows whether the user still has one. */
function walkStep(
  user: AppUser,
  step: AppStep,
  values: Record<string, string>,
  isBehindLogin: boolean,
): Answer | undefined {
  const first = user.request(requestOf(step, values));
  if (isBehindLogin && isLoggedOut(step, first)) {
    user.loggedOut();
    return undefined;
  }
  const answer = step.follow ? user.follow(first) : first;
  if (isBehindLogin && isLoggedOut(step, answer)) {
    user.loggedOut();
    return undefined;
  }
  const wanted = wantedOf(step, values);
  if (told.walks) assertExpected(wanted, [answer]);
  if (whyUnexpected(wanted, answer) !== undefined) return undefined;
  Object.assign(values, takeFrom(step, answer).taken);
  if (isBehindLogin) user.confirm();
  return answer;
}

function requestOf({ method, path, form, json, headers }: AppStep, values: Record<string, string>): AppRequest {
  return {
    method,
    path: fill(path, values),
    headers: fill(headers, values),
    ...(form !== undefined && { form: fill(form, values) }),
    ...(json !== undefined && { json: fill(json, values) }),
  };
}

/** The step with the text that its answer must contain, without the promises, which are looked for one by one. */
function wantedOf({ contains, ...step }: AppStep, values: Record<string, string>): AppStep {
  return contains === undefined || namesIn(contains).includes('n')
    ? step
    : { ...step, contains: fill(contains, values) };
}

/** Ends the walk at the first wrong answer: the steps after it would say nothing more. */
function assertExpected(step: AppStep, answers: readonly Answer[]): void {
  for (const answer of answers) {
    const wrong = whyUnexpected(step, answer);
    if (wrong !== undefined) throw new Error(`${step.name}: ${wrong}`);
    const { missing } = takeFrom(step, answer);
    if (missing.length > 0) throw new Error(`${step.name}: the answer has no ${missing.join(', ')} to take`);
  }
}

export default told.app === undefined ? () => undefined : journeyOf(promisesOf(told.app));
