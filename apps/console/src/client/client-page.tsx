import { ChatPanel } from '../chat/chat-panel.js';
import { useSettled } from '../chat/use-settled.js';
import { labOrigin } from '../place.js';
import { scenarioCard } from '../scenario/catalogue.js';
import { AccountPanel } from './account-panel.js';
import { RequestLog } from './request-log.js';
import { RequestRibbon } from './request-ribbon.js';
import { TodoPanel } from './todo-panel.js';
import { useClient } from './use-client.js';
import { useCommands } from './use-commands.js';

/** The chat connects when no request was made for this long. */
const CHAT_AFTER_QUIET_MS = 1000;

/** The client of one scenario: sign in, todos, chat, and who answered what. Alone or inside the comparison page. */
export function ClientPage({ name }: { readonly name: string }) {
  const client = useClient();
  const framed = window.parent !== window;
  const { state, log, busy, actions } = client;
  const settled = useSettled(log.length, CHAT_AFTER_QUIET_MS, state.user);
  useCommands(client.perform);

  return (
    <main className={framed ? 'client client-framed' : 'client'}>
      {framed ? null : <ClientHeader name={name} />}
      <AccountPanel state={state} busy={busy} actions={actions} />
      <RequestRibbon log={log} />
      <div className="client-panels">
        <TodoPanel state={state} busy={busy} actions={actions} />
        <ChatPanel enabled={state.user !== null && settled} />
      </div>
      <RequestLog log={log} />
    </main>
  );
}

function ClientHeader({ name }: { readonly name: string }) {
  const card = scenarioCard(name);
  return (
    <header className="client-header">
      <h1>{name}</h1>
      <p>{card.story}</p>
      <a href={`${labOrigin(window.location.port)}/?left=${encodeURIComponent(name)}`}>
        Compare it with another scenario
      </a>
    </header>
  );
}
