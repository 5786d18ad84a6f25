import { labOrigin } from '../../place.js';
import { type ActorReport, readActorCommand, storyMessage } from './actor-messages.js';
import { ChatPair } from './chat-pair.js';
import { sendRequest } from './send-request.js';

/** The inside of a story frame: does what the story, and no other page, asks for at this scenario. Shows nothing. */
export function listenAsActor(): void {
  const page = window.parent;
  if (page === window) return;
  const pageOrigin = labOrigin(window.location.port);
  const chat = new ChatPair();
  const tell = (report: ActorReport) => page.postMessage(storyMessage(report), pageOrigin);
  window.addEventListener('message', async (event: MessageEvent) => {
    if (event.source !== page || event.origin !== pageOrigin) return;
    const command = readActorCommand(event.data);
    if (command === null) return;
    const { id } = command;
    if (command.type === 'ask') tell({ type: 'answered', id, answer: await sendRequest(command.request) });
    else if (command.type === 'open') tell({ type: 'chatted', id, heardMs: await chat.open() });
    else if (command.type === 'say') tell({ type: 'chatted', id, heardMs: await chat.say(command.text) });
    else tell({ type: 'chatted', id, heardMs: chat.hangUp() });
  });
  tell({ type: 'ready' });
}
