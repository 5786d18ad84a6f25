import { useEffect, useState } from 'react';
import { AdminClient } from './admin/admin-client.js';
import { ClientPage } from './client/client-page.js';
import { LabPage } from './lab/lab-page.js';
import { loadPageConfig, type PageConfig } from './lab/page-config.js';
import { PlainPage } from './lab/plain-page.js';
import { placeOf } from './place.js';
import { catalogueOf, type ScenarioCard, scenarioCard } from './scenario/catalogue.js';

/** Shows what belongs at the host the page was opened at. */
export function App() {
  const place = placeOf(window.location.hostname);
  switch (place.kind) {
    case 'lab':
      return <Lab />;
    case 'scenario':
      return <Client name={place.name} />;
    case 'plain':
      return <PlainPage />;
  }
}

function Client({ name }: { readonly name: string }) {
  const [card, setCard] = useState<ScenarioCard | null>(null);
  useEffect(() => {
    void loadPageConfig().then(({ scenarios }) => setCard(scenarioCard(name, scenarios)));
  }, [name]);
  return card === null ? null : <ClientPage card={card} />;
}

function Lab() {
  const [known, setKnown] = useState<{ adminUrl: string; catalogue: readonly ScenarioCard[] } | null>(null);
  useEffect(() => {
    void loadPageConfig().then(async (config) => {
      setKnown({ adminUrl: config.adminUrl, catalogue: await loadCatalogue(config) });
    });
  }, []);
  return known === null ? null : <LabPage adminUrl={known.adminUrl} catalogue={known.catalogue} />;
}

/** The gateway's list; where it does not answer, the one that the page was started with. */
async function loadCatalogue({ adminUrl, scenarios }: PageConfig): Promise<readonly ScenarioCard[]> {
  const names = await new AdminClient(adminUrl).scenario().then(
    (status) => status.scenarios,
    () => scenarios.map(({ name }) => name),
  );
  return catalogueOf(names, scenarios);
}
