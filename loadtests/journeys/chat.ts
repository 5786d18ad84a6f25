import { setTimeout } from 'k6/timers';
import { WebSocket } from 'k6/websockets';
import type { LabUser } from './lab-user.ts';
import { plan } from './plan.ts';

const patienceMs = 2_000;

/** Joins a room, says one thing, and waits until it comes back as a message. Counts the sent and the delivered messages. */
export function chat(user: LabUser, room: string): Promise<void> {
  if (!user.isLoggedIn) return Promise.resolve();
  return new Promise((resolve) => {
    const socket = new WebSocket(`${plan.baseUrl.replace('http', 'ws')}/chat/socket`, null, {
      headers: { Cookie: user.cookieHeader(), Origin: plan.baseUrl, 'X-Forwarded-For': user.address },
      tags: { name: '/chat/socket' },
    });
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      socket.close();
      resolve();
    };
    setTimeout(end, patienceMs);
    socket.onerror = end;
    socket.onclose = end;
    socket.onopen = () => socket.send(JSON.stringify({ type: 'join', room }));
    socket.onmessage = (event) => {
      const frame = JSON.parse(String(event?.data)) as { type: string; message?: { text: string } };
      const text = `hello from ${user.ledger.user}`;
      if (frame.type === 'joined') {
        user.ledger.chatSent++;
        socket.send(JSON.stringify({ type: 'send', room, text, clientId: `${plan.stamp}-${user.ledger.user}` }));
      } else if (frame.type === 'message' && frame.message?.text === text) {
        user.ledger.chatDelivered++;
        end();
      }
    };
  });
}
