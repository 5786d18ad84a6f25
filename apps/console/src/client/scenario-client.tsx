import { useEffect, useState } from 'react';
import { loadPageConfig } from '../lab/page-config.js';
import { type ScenarioCard, scenarioCard } from '../scenario/catalogue.js';
import { ClientPage } from './client-page.js';

/**
 * The client of a scenario, once it is known what that scenario is about. The page's server tells it one card: of the scenario at
 * this host, or of the only one that runs. `name` is what it is called where the server tells none.
 */
export function ScenarioClient({ name }: { readonly name: string }) {
  const [shown, setShown] = useState<{ card: ScenarioCard; isAlone: boolean } | null>(null);
  useEffect(() => {
    void loadPageConfig().then(({ scenarios: [card], isAlone }) => {
      setShown({ card: card ?? scenarioCard(name, []), isAlone });
    });
  }, [name]);
  return shown === null ? null : <ClientPage {...shown} />;
}
