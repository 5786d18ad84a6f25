import { type ChatMessage, chatCloseCodes, type ServerFrame } from '@holdfast/contracts';

export type ChatLink = 'off' | 'connecting' | 'open' | 'waiting' | 'ended';

export interface ChatState {
  readonly link: ChatLink;
  /** Position up to which every message was seen; sent on re-join so that the server can fill the gap. */
  readonly position: { readonly epoch: string; readonly offset: number } | null;
  readonly messages: readonly ChatMessage[];
  readonly members: readonly string[];
  /** `clientId` of the message that the server took last. */
  readonly taken: string | null;
  /** Said by the server or about the connection; null when all is well. */
  readonly notice: string | null;
}

export const chatOff: ChatState = {
  link: 'off',
  position: null,
  messages: [],
  members: [],
  taken: null,
  notice: null,
};

const KEPT_MESSAGES = 100;

export type ChatEvent =
  | { readonly kind: 'link'; readonly link: ChatLink; readonly notice?: string }
  | { readonly kind: 'frame'; readonly frame: ServerFrame };

/** The chat after something happened to it. A message that comes twice is shown once. */
export function afterChat(state: ChatState, event: ChatEvent): ChatState {
  if (event.kind === 'link') {
    // Who is there is known only while connected.
    const members = event.link === 'open' ? state.members : [];
    return { ...state, members, link: event.link, notice: event.notice ?? null };
  }
  const { frame } = event;
  switch (frame.type) {
    case 'joined': {
      const messages = frame.recovered ? merged(state.messages, frame.messages) : merged([], frame.messages);
      const hole = state.position !== null && !frame.recovered;
      const notice = hole
        ? 'Some messages may be missing: this server no longer has those sent while you were away.'
        : null;
      return { ...state, messages, notice, position: positionOf(frame.epoch, messages) };
    }
    case 'message': {
      const messages = merged(state.messages, [frame.message]);
      return { ...state, messages, position: positionOf(frame.epoch, messages) };
    }
    case 'presence':
      return { ...state, members: frame.members };
    case 'left':
    case 'history':
      // This page asks for neither.
      return state;
    case 'sent':
      return { ...state, taken: frame.clientId, notice: null };
    case 'error':
      return { ...state, notice: frame.detail ?? `The chat refused that: ${frame.code}` };
  }
}

function merged(before: readonly ChatMessage[], more: readonly ChatMessage[]): readonly ChatMessage[] {
  const byOffset = new Map([...before, ...more].map((message) => [message.offset, message]));
  return [...byOffset.values()].sort((a, b) => a.offset - b.offset).slice(-KEPT_MESSAGES);
}

function positionOf(epoch: string, messages: readonly ChatMessage[]): ChatState['position'] {
  const last = messages.at(-1);
  return last === undefined ? null : { epoch, offset: last.offset };
}

/** What a closed socket means: whether to come back, and what to tell the user. */
export function afterClose(code: number): { readonly reconnect: boolean; readonly notice: string } {
  switch (code) {
    case chatCloseCodes.sessionEnded:
      return { reconnect: false, notice: 'Your session ended, so the chat is closed.' };
    case chatCloseCodes.tooBig:
      return { reconnect: true, notice: 'That message was too long.' };
    case chatCloseCodes.throttled:
      return { reconnect: true, notice: 'Too many messages. Wait a moment.' };
    case chatCloseCodes.tooManySockets:
      return { reconnect: false, notice: 'You have too many pages open: close one, then load this page again.' };
    case chatCloseCodes.restart:
      return { reconnect: true, notice: 'The server restarts. The chat connects to another one.' };
    default:
      return {
        reconnect: true,
        notice: 'Not connected: no server took the connection. Trying again.',
      };
  }
}

/** Milliseconds to wait before attempt `attempt` (from 1): doubling to 8 s, spread over half of it so that clients do not return together. */
export function reconnectDelayMs(attempt: number, random: number): number {
  const fullMs = Math.min(500 * 2 ** (attempt - 1), 8000);
  return fullMs / 2 + (fullMs / 2) * random;
}
