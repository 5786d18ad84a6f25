import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Presence } from '../account/presence.js';
import type { ChatLink } from './chat-state.js';
import { ROOM, useChat } from './use-chat.js';

const LINK_SAYS: Readonly<Record<ChatLink, string>> = {
  off: 'not connected',
  connecting: 'connecting',
  open: 'connected',
  waiting: 'reconnecting',
  ended: 'closed',
};

interface ChatPanelProps {
  readonly enabled: boolean;
  /** Another one is another session, which the chat connects anew with. */
  readonly login: number;
  /** Called when a server closes the chat for good: most often because the session was ended elsewhere. */
  readonly onEnded: () => void;
  /** Called when the connection is lost, and for each try that fails: there may be more that does not answer. */
  readonly onLost: () => void;
}

/** The room `lobby`. `enabled` while the user is signed in and no journey runs. */
export function ChatPanel({ enabled, login, onEnded, onLost }: ChatPanelProps) {
  const { state, say } = useChat(enabled, login);
  const told = useRef({ onEnded, onLost });
  told.current = { onEnded, onLost };
  useEffect(() => {
    if (state.link === 'ended') told.current.onEnded();
    if (state.link === 'waiting') told.current.onLost();
  }, [state.link]);
  const [text, setText] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const newest = state.messages.at(-1)?.offset;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when a message arrives, not when the list is rendered
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [newest]);

  // The field keeps a message until a server has it: a connection may be dead before anyone knows.
  const draft = useRef({ text: '', clientId: '' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = text.trim();
    if (draft.current.text !== trimmed) draft.current = { text: trimmed, clientId: crypto.randomUUID() };
    say(trimmed, draft.current.clientId);
  };
  useEffect(() => {
    const { text: sent, clientId } = draft.current;
    if (state.taken === null || state.taken !== clientId) return;
    draft.current = { text: '', clientId: '' };
    setText((typed) => (typed.trim() === sent ? '' : typed));
  }, [state.taken]);
  return (
    <section className="panel" aria-label={`Chat room ${ROOM}`}>
      <header className="panel-header">
        <h2>Chat</h2>
        <span className="link" data-link={state.link}>
          {LINK_SAYS[state.link]}
        </span>
      </header>
      <Presence members={state.members} />
      <ol className="messages" ref={list}>
        {state.messages.map((message) => (
          <li key={message.offset}>
            <b>{message.from}</b> {message.text}
          </li>
        ))}
      </ol>
      {state.messages.length === 0 ? <p className="empty">No messages in {ROOM} yet.</p> : null}
      {state.notice === null ? null : (
        <p className="notice" role="status">
          {state.notice}
        </p>
      )}
      <form className="panel-form" onSubmit={submit}>
        <input
          className="panel-input"
          aria-label="Message"
          placeholder={`Message to ${ROOM}`}
          maxLength={2000}
          value={text}
          // Who types when the connection is lost goes on typing.
          disabled={state.link === 'off' || state.link === 'ended'}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" disabled={state.link !== 'open' || text.trim() === ''}>
          Send
        </button>
      </form>
    </section>
  );
}
