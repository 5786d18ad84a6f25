import { useId, useState } from 'react';
import type { Preparation } from '../bridge/messages.js';
import { LeverMenu } from './lever-menu.js';
import type { Lever } from './levers.js';
import type { LeverPlace } from './use-levers.js';

/** As long as the page's server and the frame take it. */
const LONGEST_COOKIE = 200;

interface BrowserLeversProps {
  /** `left` or `right`. */
  readonly whose: string;
  readonly scenario: string;
  readonly hasAffinity: boolean;
  readonly prepare: (change: Preparation) => Promise<void>;
  readonly levers: LeverPlace;
}

/** What one browser can do to itself: lose or edit its affinity cookie, move to another address, be two. */
export function BrowserLevers({ whose, scenario, hasAffinity, prepare, levers: place }: BrowserLeversProps) {
  const [cookie, setCookie] = useState('forged.monolith-1');
  const levers: readonly Lever[] = [
    ...(hasAffinity ? cookieLevers(cookie, prepare) : []),
    {
      label: 'Another address',
      will: 'It says it comes from another network. IP hash may choose another server for it; nothing else asks.',
      act: () => prepare({ address: `203.0.113.${1 + Math.floor(Math.random() * 250)}` }),
    },
    {
      label: 'Its own address',
      will: 'It comes from this machine again.',
      act: () => prepare({ address: null }),
    },
  ];
  return (
    <span className="picture-levers">
      <LeverMenu
        text="Levers"
        label={`Levers of the ${whose} browser`}
        levers={levers.map((lever) => ({ ...lever, label: `${lever.label}, ${whose}` }))}
        pull={place.pull}
      >
        {hasAffinity ? (
          <label>
            Cookie
            <input
              aria-label={`New value of the affinity cookie, ${whose}`}
              value={cookie}
              maxLength={LONGEST_COOKIE}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setCookie(event.target.value)}
            />
          </label>
        ) : null}
      </LeverMenu>
      <SecondBrowser scenario={scenario} place={place} />
    </span>
  );
}

function cookieLevers(value: string, prepare: BrowserLeversProps['prepare']): readonly Lever[] {
  return [
    {
      label: 'Drop the affinity cookie',
      will: 'The next request is a new choice: perhaps another server, which knows the login only if it is shared.',
      act: () => prepare({ affinity: null }),
    },
    {
      label: 'Edit the affinity cookie',
      will: `Its value becomes “${value}”. The gateway ignores what it did not sign, and chooses anew.`,
      act: () => prepare({ affinity: value }),
    },
  ];
}

/** A tab that every server takes for another browser. It is the same one, so there is no third. */
function SecondBrowser({ scenario, place }: { readonly scenario: string; readonly place: LeverPlace }) {
  const id = useId();
  const will =
    'A tab of this browser at another host, with cookies of its own: servers take it for another browser, at the same address. Further tabs of it share those cookies; for a third browser open a private window.';
  return (
    <>
      <a
        href={`//${scenario}.localhost${portSuffix()}/`}
        target="_blank"
        rel="noreferrer"
        aria-describedby={id}
        {...place.announcing({ label: 'Second browser', will })}
      >
        Second browser (tab)
      </a>
      <span id={id} hidden>
        {will}
      </span>
    </>
  );
}

function portSuffix(): string {
  return window.location.port === '' ? '' : `:${window.location.port}`;
}
