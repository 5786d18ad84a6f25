import {
  activityAnswerSchema,
  type ChangeTodoRequest,
  devicesAnswerSchema,
  historyAnswerSchema,
  type LoginRequest,
  meAnswerSchema,
  type PasswordChangeRequest,
  presenceAnswerSchema,
  type RegisterRequest,
  recoveryCodesAnswerSchema,
  secondFactorAnswerSchema,
  secondFactorSecretAnswerSchema,
  todoSchema,
  todosAnswerSchema,
  userAnswerSchema,
} from '@holdfast/contracts';
import { z } from 'zod';
import { type Answer, type Exchange, exchange } from './exchange.js';

export interface ClientOptions {
  /** `https://host:port` of the gateway. Default: the page's own origin. */
  readonly baseUrl?: string;
  /** Sends the requests, with the cookies: a browser keeps them by itself, elsewhere this function has to. Default: `fetch`. */
  readonly fetch?: typeof fetch;
  /** Is told every request, whatever becomes of it. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** The content of a 204. */
const nothing = z.undefined();

export type Client = ReturnType<typeof createClient>;

/** The typed client of the services' HTTP interface (docs/api.md). No call throws: every outcome is an `Answer`. */
export function createClient({
  baseUrl = '',
  fetch: fetchFrom = (...args) => fetch(...args),
  onExchange,
}: ClientOptions = {}) {
  async function call<T>(method: string, path: string, shape: z.ZodType<T>, body?: unknown): Promise<Answer<T>> {
    const at = Date.now();
    const startedAt = performance.now();
    const { answer, said } = await exchange(fetchFrom, baseUrl, { method, path, body }, shape);
    const { status, servedBy } = answer;
    const code = answer.ok ? null : answer.code;
    onExchange?.({ at, method, path, status, code, servedBy, ...said, durationMs: performance.now() - startedAt });
    return answer;
  }

  return {
    register: (account: RegisterRequest) => call('POST', '/auth/register', userAnswerSchema, account),
    login: (account: LoginRequest) => call('POST', '/auth/login', userAnswerSchema, account),
    /** The second step of a login that answered `second_factor_required`. */
    giveSecondFactor: (code: string) => call('POST', '/auth/login/second-factor', userAnswerSchema, { code }),
    logout: () => call('POST', '/auth/logout', nothing),
    me: () => call('GET', '/auth/me', meAnswerSchema),
    changePassword: (change: PasswordChangeRequest) => call('POST', '/auth/password', nothing, change),
    devices: () => call('GET', '/auth/sessions', devicesAnswerSchema),
    endDevice: (id: string) => call('DELETE', `/auth/sessions/${encodeURIComponent(id)}`, nothing),
    endOtherDevices: () => call('DELETE', '/auth/sessions', nothing),
    activity: (limit = 50) => call('GET', `/auth/activity${query({ limit })}`, activityAnswerSchema),
    secondFactor: () => call('GET', '/auth/second-factor', secondFactorAnswerSchema),
    proposeSecondFactor: (password: string) =>
      call('POST', '/auth/second-factor', secondFactorSecretAnswerSchema, { password }),
    confirmSecondFactor: (code: string) =>
      call('POST', '/auth/second-factor/confirm', recoveryCodesAnswerSchema, { code }),
    removeSecondFactor: (proof: { password: string; code: string }) =>
      call('POST', '/auth/second-factor/remove', nothing, proof),
    todos: () => call('GET', '/todos', todosAnswerSchema),
    addTodo: (title: string) => call('POST', '/todos', todoSchema, { title }),
    changeTodo: (id: string, change: ChangeTodoRequest) =>
      call('PATCH', `/todos/${encodeURIComponent(id)}`, todoSchema, change),
    removeTodo: (id: string) => call('DELETE', `/todos/${encodeURIComponent(id)}`, nothing),
    messages: (room: string, page: { after?: number; before?: number; limit?: number } = {}) =>
      call('GET', `/chat/rooms/${encodeURIComponent(room)}/messages${query(page)}`, historyAnswerSchema),
    members: (room: string) => call('GET', `/chat/rooms/${encodeURIComponent(room)}/presence`, presenceAnswerSchema),
  };
}

function query(values: Readonly<Record<string, number>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${given.map(([name, value]) => `${name}=${value}`).join('&')}`;
}
