import { useEffect, useState } from 'react';
import { labOrigin } from '../place.js';
import { DEFAULT_CHOICE } from '../scenario/scenario-choice.js';

/** At plain `localhost`: moves on to the comparison page, or says why this browser cannot show it. */
export function PlainPage() {
  const lab = labOrigin(window.location.port);
  const [unreachable, setUnreachable] = useState(false);
  useEffect(() => {
    // Asked first, because a browser that does not resolve the name would end on an error page without a word of why.
    fetch(`${lab}/healthz`, { mode: 'no-cors', cache: 'no-store' }).then(
      () => window.location.replace(`${lab}/`),
      () => setUnreachable(true),
    );
  }, [lab]);
  if (!unreachable) return <main className="plain" />;
  return (
    <main className="plain">
      <h1>This browser does not find lab.localhost</h1>
      <p>
        The comparison frames two scenarios under <code>lab.localhost</code>. Chrome, Edge and Firefox resolve that name
        by themselves. For this browser, add this line to your hosts file and reload:
      </p>
      <pre>{`127.0.0.1 lab.localhost ${Object.values(DEFAULT_CHOICE)
        .map((scenario) => `${scenario}.lab.localhost`)
        .join(' ')}`}</pre>
    </main>
  );
}
