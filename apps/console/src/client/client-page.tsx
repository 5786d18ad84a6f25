import { AccountDialog } from '../account/account-dialog.js';
import { useLive } from '../account/use-live.js';
import { ChatPanel } from '../chat/chat-panel.js';
import { labOrigin } from '../place.js';
import type { ScenarioCard } from '../scenario/catalogue.js';
import { AccountPanel } from './account-panel.js';
import { RequestLog } from './request-log.js';
import { RequestRibbon } from './request-ribbon.js';
import { TodoPanel } from './todo-panel.js';
import { useClient } from './use-client.js';
import { useCommands } from './use-commands.js';
import { useReport } from './use-report.js';

interface ClientPageProps {
  readonly card: ScenarioCard;
  /** No other scenario runs. */
  readonly isAlone: boolean;
}

/** The client of one scenario: sign in, todos, chat, and who answered what. Alone or inside the comparison page. */
export function ClientPage({ card, isAlone }: ClientPageProps) {
  const client = useClient(card.store);
  const framed = window.parent !== window;
  const { state, log, busy, actions, refresh } = client;
  const inJourney = useCommands(client);
  // In the comparison every request would take a turn of the balancer; where each server has its own memory, of this user's login.
  const live = !framed && card.store !== 'memory' && state.user !== null;
  useLive({ enabled: live, refresh, log });
  useReport(log, state.user);

  // Inside the comparison, that page has the main landmark.
  const Landmark = framed ? 'div' : 'main';
  return (
    <Landmark className={framed ? 'client client-framed' : 'client'}>
      {framed ? null : <ClientHeader card={card} isAlone={isAlone} />}
      <AccountPanel state={state} busy={busy} actions={actions}>
        {state.user === null ? null : (
          <AccountDialog api={client.api} store={card.store} user={state.user} actions={actions} />
        )}
      </AccountPanel>
      <RequestRibbon log={log} />
      <div className="client-panels">
        <TodoPanel state={state} busy={busy} actions={actions} />
        {/* A socket that connects during a journey would take a turn of the round robin and change the next step's server. */}
        <ChatPanel
          enabled={state.user !== null && !inJourney}
          login={state.logins}
          onEnded={() => void refresh()}
          onLost={() => {
            if (live) void refresh();
          }}
        />
      </div>
      <RequestLog log={log} />
    </Landmark>
  );
}

function ClientHeader({ card, isAlone }: ClientPageProps) {
  return (
    <header className="client-header">
      <h1>{card.name}</h1>
      <p>{card.story}</p>
      {isAlone ? (
        <p className="alone">
          Only this scenario runs here. To compare it with others, run <code>npm start</code> in the repository.
        </p>
      ) : (
        <a href={`${labOrigin(window.location.port)}/?left=${encodeURIComponent(card.name)}`}>
          Compare it with another scenario
        </a>
      )}
    </header>
  );
}
