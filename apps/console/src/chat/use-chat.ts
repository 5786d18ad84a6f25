import { type ClientFrame, type ServerFrame, serverFrameSchema } from '@holdfast/contracts';
import { useEffect, useReducer, useRef } from 'react';
import { chatSocketUrl } from '../place.js';
import { afterChat, afterClose, chatOff, reconnectDelayMs } from './chat-state.js';

export const ROOM = 'lobby';

/** The room `lobby` over one WebSocket, for as long as `enabled`: reconnects with jitter and asks for what it missed, and connects anew with each `login`. */
export function useChat(enabled: boolean, login: number) {
  const [state, dispatch] = useReducer(afterChat, chatOff);
  const socket = useRef<WebSocket | null>(null);
  const position = useRef(state.position);
  position.current = state.position;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another login is another session, and ends the socket of the one before
  useEffect(() => {
    if (!enabled) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let attempt = 0;
    let stopped = false;
    let retryAfterMs = 0;
    const connect = () => {
      dispatch({ kind: 'link', link: 'connecting' });
      const current = new WebSocket(chatSocketUrl(window.location));
      socket.current = current;
      const join = () => send(current, { type: 'join', room: ROOM, ...(position.current ?? {}) });
      current.onopen = () => {
        attempt = 0;
        dispatch({ kind: 'link', link: 'open' });
        join();
      };
      current.onmessage = ({ data }) => {
        const frame = readFrame(data);
        if (frame?.type === 'error') {
          retryAfterMs = frame.retryAfterMs ?? 0;
          if (isRefusedJoin(frame)) timer = setTimeout(join, reconnectDelayMs(++attempt, Math.random()));
        }
        if (frame) dispatch({ kind: 'frame', frame });
      };
      current.onclose = ({ code }) => {
        if (stopped) return;
        const { reconnect, notice } = afterClose(code);
        dispatch({ kind: 'link', link: reconnect ? 'waiting' : 'ended', notice });
        if (reconnect) timer = setTimeout(connect, retryAfterMs + reconnectDelayMs(++attempt, Math.random()));
        retryAfterMs = 0;
      };
    };
    connect();
    return () => {
      stopped = true;
      clearTimeout(timer);
      socket.current?.close(1000);
      socket.current = null;
      dispatch({ kind: 'link', link: 'off' });
    };
  }, [enabled, login]);

  /** Sends a message if there is a connection. It has arrived once `state.taken` is its `clientId`; the same one again changes nothing. */
  const say = (text: string, clientId: string): void => {
    if (socket.current?.readyState === WebSocket.OPEN)
      send(socket.current, { type: 'send', room: ROOM, text, clientId });
  };

  return { state, say };
}

function send(socket: WebSocket, frame: ClientFrame): void {
  socket.send(JSON.stringify(frame));
}

/** The room's store did not answer; a message that was refused carries its `clientId`, and its author sends it again. */
function isRefusedJoin({ code, clientId }: Extract<ServerFrame, { type: 'error' }>): boolean {
  return code === 'unavailable' && clientId === undefined;
}

function readFrame(data: unknown) {
  try {
    return serverFrameSchema.safeParse(JSON.parse(String(data))).data;
  } catch {
    return undefined;
  }
}
