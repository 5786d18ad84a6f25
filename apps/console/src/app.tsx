import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { AdminClient } from './admin/admin-client.js';
import { LabPage } from './lab/lab-page.js';
import { loadPageConfig, type PageConfig } from './lab/page-config.js';
import { type ScenarioCard, scenarioCard } from './scenario/catalogue.js';
import { storyIndex } from './story/story-query.js';
import { cleanUpAfterStory } from './story/unfinished.js';

/** Loaded only where they are asked for: the comparison is there sooner without them. */
const ExperimentsPage = lazy(async () => ({
  default: (await import('./experiments/experiments-page.js')).ExperimentsPage,
}));
const StoryPage = lazy(async () => ({ default: (await import('./story/story-page.js')).StoryPage }));

/** The page at `lab.localhost`. */
export function App() {
  const [known, setKnown] = useState<{ adminUrl: string; catalogue: readonly ScenarioCard[] } | null>(null);
  useEffect(() => {
    void loadPageConfig().then(async (config) => {
      setKnown({ adminUrl: config.adminUrl, catalogue: await loadCatalogue(config) });
    });
  }, []);
  return known === null ? null : <LabViews {...known} />;
}

/** What the lab's host shows, by its query: the story, the experiments, or the comparison. */
function LabViews({ adminUrl, catalogue }: { readonly adminUrl: string; readonly catalogue: readonly ScenarioCard[] }) {
  const admin = useMemo(() => new AdminClient(adminUrl), [adminUrl]);
  const [story] = useState(() => storyIndex(window.location.search));
  useEffect(() => {
    if (story === null) void cleanUpAfterStory(admin);
  }, [admin, story]);
  const experiments = new URLSearchParams(window.location.search).has('experiments');
  if (story === null && !experiments) {
    return catalogue.length < 2 ? (
      <NothingToCompare adminUrl={adminUrl} />
    ) : (
      <LabPage adminUrl={adminUrl} catalogue={catalogue} />
    );
  }
  if (story === null) {
    return (
      <Suspense>
        <ExperimentsPage admin={admin} adminUrl={adminUrl} />
      </Suspense>
    );
  }
  return (
    <Suspense>
      <StoryPage admin={admin} catalogue={catalogue} firstIndex={story} />
    </Suspense>
  );
}

/** In place of a comparison of two names that nobody knows. */
function NothingToCompare({ adminUrl }: { readonly adminUrl: string }) {
  return (
    <main className="lab">
      <h1>Nothing to compare</h1>
      <p className="complaint" role="alert">
        The admin API at {adminUrl} names no two scenarios. Run <code>npm start</code> in the repository.
      </p>
    </main>
  );
}

/** The system's list, which `npm start` hands to the page's server; a page that was started without one asks the gateway. */
async function loadCatalogue({ adminUrl, scenarios }: PageConfig): Promise<readonly ScenarioCard[]> {
  if (scenarios.length > 0) return scenarios;
  const names = await new AdminClient(adminUrl).scenario().then(
    (status) => status.scenarios,
    () => [],
  );
  return names.map((name) => scenarioCard(name, []));
}
