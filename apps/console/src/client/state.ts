import type { Todo } from '@holdfast/contracts';
import type { ServerNews } from '../bridge/messages.js';
import { denialSentence, failureSentence, type HomeFate, type LoginPlace } from '../request/reading.js';
import type { SessionStore } from '../scenario/catalogue.js';
import type { Answer } from './api.js';

/** Codes of a 401 that refuses a step of logging in, which tells nothing of a login that there is. */
const LOGIN_CODES = new Set(['invalid_credentials', 'second_factor_required', 'wrong_code', 'no_pending_login']);

/** A server that does not know the user: the code of its answer, and what that means by what is known now. */
interface Denial {
  readonly by: string;
  readonly code: string;
  readonly sentence: string;
}

/** What the user of one scenario has been told so far. */
export interface ClientState {
  /** Name under which some server signed the user in; null before. */
  readonly user: string | null;
  /** The server that signed the user in; null while unknown. */
  readonly home: string | null;
  /** What the comparison page has said of that server since. */
  readonly homeFate: HomeFate;
  /** How often the user has logged in: each time it is another session. */
  readonly logins: number;
  /** The password was right, and the code of the second factor is still to come. */
  readonly needsCode: boolean;
  /** The server that last denied knowing the user, and why; null when the last answer knew them. */
  readonly denial: Denial | null;
  /** Whether a server has answered what todos this user has; a new user has none. */
  readonly todosRead: boolean;
  /** Todos of the last answered list. */
  readonly todos: readonly Todo[];
  /** Every todo a server has acknowledged and that was not removed since, by id. */
  readonly acknowledged: ReadonlyMap<string, Todo>;
  /** The last thing that went wrong, for the user to read; null when the last action worked. */
  readonly complaint: string | null;
}

export const initialState: ClientState = {
  user: null,
  home: null,
  homeFate: 'there',
  logins: 0,
  needsCode: false,
  denial: null,
  todosRead: false,
  todos: [],
  acknowledged: new Map(),
  complaint: null,
};

/** What a server said, as the page keeps it. */
export type Told =
  | { readonly kind: 'signed-in'; readonly user: string; readonly isNew: boolean; readonly by: string | null }
  | { readonly kind: 'signed-out' }
  /** The comparison page saw this happen to a server. */
  | { readonly kind: 'server'; readonly server: string; readonly news: ServerNews }
  | { readonly kind: 'list'; readonly todos: readonly Todo[] }
  | { readonly kind: 'saved'; readonly todo: Todo }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'denied'; readonly answer: Extract<Answer<unknown>, { ok: false }>; readonly store: SessionStore };

/** The state after a server said something. A login that another server denies is kept: that contradiction is the lesson. */
export function afterTold(state: ClientState, told: Told): ClientState {
  const known = { ...state, denial: null, complaint: null };
  switch (told.kind) {
    case 'signed-in': {
      const login = { home: told.by, homeFate: 'there' as const, logins: state.logins + 1, needsCode: false };
      if (told.user === state.user) return { ...known, ...login };
      return { ...initialState, ...login, user: told.user, todosRead: told.isNew };
    }
    case 'server': {
      if (told.server !== state.home || state.homeFate === 'ended') return state;
      const homeFate = told.news === 'back' ? 'there' : told.news;
      const { home, denial } = state;
      // Only a login in memory is kept when it is denied.
      return { ...state, homeFate, denial: denial && denialOf(denial, { store: 'memory', home, fate: homeFate }) };
    }
    case 'signed-out':
      return initialState;
    case 'list':
      return { ...known, todosRead: true, todos: told.todos, acknowledged: withAll(state.acknowledged, told.todos) };
    case 'saved':
      return {
        ...known,
        todos: replaced(state.todos, told.todo),
        acknowledged: withAll(state.acknowledged, [told.todo]),
      };
    case 'removed': {
      const acknowledged = new Map(state.acknowledged);
      acknowledged.delete(told.id);
      return { ...known, todos: state.todos.filter(({ id }) => id !== told.id), acknowledged };
    }
    case 'denied':
      return afterDenied(state, told.answer, told.store);
  }
}

function afterDenied(
  state: ClientState,
  answer: Extract<Answer<unknown>, { ok: false }>,
  store: SessionStore,
): ClientState {
  if (answer.code === 'second_factor_required') return { ...state, needsCode: true, complaint: null };
  if (answer.status !== 401 || state.user === null || LOGIN_CODES.has(answer.code)) {
    const needsCode = state.needsCode && answer.code !== 'no_pending_login';
    return { ...state, needsCode, complaint: failureSentence(answer, store) };
  }
  const { home, homeFate } = state;
  // Who was not denied before was bound to the home: it is the one that did not take this request. Later it may be another one.
  const isAway = homeFate === 'there' && answer.reason === 'redistributed' && state.denial === null;
  const login = { store, home, fate: isAway ? 'away' : homeFate } as const;
  const denial = denialOf({ by: answer.servedBy ?? 'the server', code: answer.code }, login);
  // Where one server speaks for all, the user is signed out; where each has its own memory, the next may know them.
  return store === 'memory' ? { ...state, denial, todos: [], complaint: null } : { ...initialState, denial };
}

function denialOf({ by, code }: Pick<Denial, 'by' | 'code'>, login: LoginPlace): Denial {
  return { by, code, sentence: denialSentence(code, by, login) };
}

/** Todos that a server acknowledged and the last answer did not hold. */
export function missingTodos({ todos, acknowledged }: ClientState): readonly Todo[] {
  const present = new Set(todos.map(({ id }) => id));
  return [...acknowledged.values()].filter(({ id }) => !present.has(id));
}

function withAll(acknowledged: ReadonlyMap<string, Todo>, todos: readonly Todo[]): ReadonlyMap<string, Todo> {
  return new Map([...acknowledged, ...todos.map((todo) => [todo.id, todo] as const)]);
}

function replaced(todos: readonly Todo[], todo: Todo): readonly Todo[] {
  return todos.some(({ id }) => id === todo.id)
    ? todos.map((existing) => (existing.id === todo.id ? todo : existing))
    : [...todos, todo];
}
