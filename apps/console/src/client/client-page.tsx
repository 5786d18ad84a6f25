import { ChatPanel } from '../chat/chat-panel.js';
import { labOrigin } from '../place.js';
import { scenarioCard } from '../scenario/catalogue.js';
import { AccountPanel } from './account-panel.js';
import { RequestLog } from './request-log.js';
import { RequestRibbon } from './request-ribbon.js';
import { TodoPanel } from './todo-panel.js';
import { useClient } from './use-client.js';
import { useCommands } from './use-commands.js';

/** The client of one scenario: sign in, todos, chat, and who answered what. Alone or inside the comparison page. */
export function ClientPage({ name }: { readonly name: string }) {
  const client = useClient();
  const framed = window.parent !== window;
  const { state, log, busy, actions } = client;
  const inJourney = useCommands(client.perform);

  return (
    <main className={framed ? 'client client-framed' : 'client'}>
      {framed ? null : <ClientHeader name={name} />}
      <AccountPanel state={state} busy={busy} actions={actions} />
      <RequestRibbon log={log} />
      <div className="client-panels">
        <TodoPanel state={state} busy={busy} actions={actions} />
        {/* A socket that connects during a journey would take a turn of the round robin and change the next step's server. */}
        <ChatPanel enabled={state.user !== null && !inJourney} />
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
