import { useEffect, useState } from 'react';
import { loadPageConfig } from '../lab/page-config.js';
import { type ScenarioCard, scenarioCard } from '../scenario/catalogue.js';
import { ClientPage } from './client-page.js';

/** The client of the scenario at this page's host, once it is known what that scenario is about. */
export function ScenarioClient({ name }: { readonly name: string }) {
  const [card, setCard] = useState<ScenarioCard | null>(null);
  useEffect(() => {
    void loadPageConfig().then(({ scenarios }) => setCard(scenarioCard(name, scenarios)));
  }, [name]);
  return card === null ? null : <ClientPage card={card} />;
}
