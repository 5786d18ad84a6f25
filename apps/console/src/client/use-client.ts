import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { Preparation, ServerNews } from '../bridge/messages.js';
import { type JourneyStep, missingFrom, type StepOutcome } from '../journey/journey.js';
import { isUnknown, outageSentence } from '../request/reading.js';
import { type RequestEntry, withEntry } from '../request/request-entry.js';
import type { SessionStore } from '../scenario/catalogue.js';
import { type Answer, createApi } from './api.js';
import { rememberedUser, rememberUser } from './remembered-user.js';
import { afterTold, initialState, type Told } from './state.js';

export type Client = ReturnType<typeof useClient>;

/** One scenario's client: what the servers said, the log of requests, and what the user can do. */
export function useClient(store: SessionStore) {
  const [state, tell] = useReducer(afterTold, { ...initialState, user: rememberedUser() });
  const [log, addToLog] = useReducer(withLogEntry, []);
  const [busy, setBusy] = useState(false);
  /** Acknowledged ids of the running journey, kept outside React so that a step sees them at once. */
  const journeyTodos = useRef(new Set<string>());
  const address = useRef<string | null>(null);
  const api = useMemo(() => createApi(addToLog, (input, init) => fetch(input, fromAddress(address.current, init))), []);
  const latest = useRef(state);
  latest.current = state;

  const actions = useMemo(() => {
    async function run<T>(call: Promise<Answer<T>>, told: (body: T, by: string | null) => Told): Promise<Answer<T>> {
      setBusy(true);
      const answer = await call;
      tell(answer.ok ? told(answer.body, answer.servedBy) : { kind: 'denied', answer, store });
      setBusy(false);
      return answer;
    }
    const list = () => run(api.todos(), ({ todos }) => ({ kind: 'list', todos }));
    /** An existing user may have todos, so they are read as well. */
    const logIn = async (call: ReturnType<typeof api.login>) => {
      const answer = await run(call, ({ user }, by) => ({ kind: 'signed-in', user: user.name, isNew: false, by }));
      if (answer.ok) await list();
      return answer;
    };
    return {
      register: (account: { username: string; password: string }) =>
        run(api.register(account), ({ user }, by) => ({ kind: 'signed-in', user: user.name, isNew: true, by })),
      login: (account: { username: string; password: string }) => logIn(api.login(account)),
      /** The second step of a login whose user has a second factor. */
      giveCode: (code: string) => logIn(api.giveSecondFactor(code)),
      /** Gives up a login that waits for its code. */
      beginAgain: () => tell({ kind: 'signed-out' }),
      logout: () => run(api.logout(), () => ({ kind: 'signed-out' })),
      list,
      add: (title: string) => run(api.addTodo(title), (todo) => ({ kind: 'saved', todo })),
      setDone: (id: string, done: boolean) => run(api.changeTodo(id, { done }), (todo) => ({ kind: 'saved', todo })),
      remove: (id: string) => run(api.removeTodo(id), () => ({ kind: 'removed', id })),
    };
  }, [api, store]);

  /** Reads the todos unasked. The log has it only if it brought something new. */
  const refresh = useMemo(() => {
    let wasOut = false;
    return async () => {
      let entry: RequestEntry | undefined;
      const answer = await createApi((made) => {
        entry = made;
      }).todos();
      const { user, todos } = latest.current;
      const isSame = answer.ok && !wasOut && JSON.stringify(answer.body.todos) === JSON.stringify(todos);
      if (user === null || isSame) return;
      wasOut = !answer.ok;
      if (entry !== undefined) addToLog(entry);
      tell(answer.ok ? { kind: 'list', todos: answer.body.todos } : { kind: 'denied', answer, store });
    };
  }, [store]);

  useEffect(() => rememberUser(state.user), [state.user]);
  useEffect(() => {
    if (rememberedUser() !== null) void actions.list();
  }, [actions]);

  const perform = useMemo(
    () =>
      async (step: JourneyStep): Promise<StepOutcome> => {
        const known = journeyTodos.current;
        switch (step.kind) {
          case 'register': {
            known.clear();
            const answer = await actions.register({ username: step.username, password: step.password });
            return outcomeOf(step, answer, 0, store);
          }
          case 'add': {
            const answer = await actions.add(step.title);
            if (answer.ok) known.add(answer.body.id);
            return outcomeOf(step, answer, 0, store);
          }
          case 'read': {
            const answer = await actions.list();
            return outcomeOf(step, answer, missingFrom(answer.ok ? answer.body.todos : [], known), store);
          }
        }
      },
    [actions, store],
  );

  const hearOf = useCallback((server: string, news: ServerNews) => tell({ kind: 'server', server, news }), []);

  const prepare = useMemo(
    () =>
      async (change: Preparation): Promise<string | null> => {
        if (change.address !== undefined) address.current = change.address;
        return change.affinity === undefined ? null : setAffinityCookie(change.affinity);
      },
    [],
  );

  return { state, log, busy, actions, perform, prepare, refresh, hearOf, api };
}

/** The gateway believes the header because its peer is loopback. */
function fromAddress(address: string | null, init: RequestInit = {}): RequestInit {
  return address === null ? init : { ...init, headers: { ...init.headers, 'x-forwarded-for': address } };
}

/** No script can read or write the cookie, so the page's server does it. Resolves to why it did not, or to null. */
async function setAffinityCookie(value: string | null): Promise<string | null> {
  const headers = { 'content-type': 'application/json' };
  try {
    const response = await fetch('/affinity-cookie', { method: 'POST', headers, body: JSON.stringify({ value }) });
    if (response.ok) return null;
    const { detail } = await response.json();
    return `The page’s server refused it. ${detail}`;
  } catch {
    return 'The page’s server does not answer.';
  }
}

function outcomeOf(
  { kind }: JourneyStep,
  answer: Answer<unknown>,
  missingTodos: number,
  store: SessionStore,
): StepOutcome {
  const { status, servedBy } = answer;
  const outage = !answer.ok && isUnknown(answer) ? outageSentence(answer, store) : null;
  return { kind, status, code: answer.ok ? null : answer.code, servedBy, missingTodos, outage };
}

function withLogEntry(log: readonly RequestEntry[], entry: RequestEntry): readonly RequestEntry[] {
  return withEntry(log, entry);
}
