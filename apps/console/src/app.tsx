import { useEffect, useState } from 'react';
import { ClientPage } from './client/client-page.js';
import { LabPage } from './lab/lab-page.js';
import { loadPageConfig } from './lab/page-config.js';
import { PlainPage } from './lab/plain-page.js';
import { placeOf } from './place.js';

/** Shows what belongs at the host the page was opened at. */
export function App() {
  const place = placeOf(window.location.hostname);
  switch (place.kind) {
    case 'lab':
      return <Lab />;
    case 'scenario':
      return <ClientPage name={place.name} />;
    case 'plain':
      return <PlainPage />;
  }
}

function Lab() {
  const [adminUrl, setAdminUrl] = useState<string | null>(null);
  useEffect(() => {
    void loadPageConfig().then((config) => setAdminUrl(config.adminUrl));
  }, []);
  return adminUrl === null ? null : <LabPage adminUrl={adminUrl} />;
}
