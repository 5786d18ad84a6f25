import type { Preparation } from '../bridge/messages.js';
import { LeverMenu } from './lever-menu.js';
import type { Lever } from './levers.js';

interface BrowserLeversProps {
  /** `left` or `right`. */
  readonly whose: string;
  readonly scenario: string;
  readonly hasAffinity: boolean;
  readonly prepare: (change: Preparation) => Promise<void>;
  readonly pull: (lever: Lever) => Promise<void>;
}

/** What one browser can do to itself: lose or spoil its affinity cookie, move to another address, be two. */
export function BrowserLevers({ whose, scenario, hasAffinity, prepare, pull }: BrowserLeversProps) {
  const levers: readonly Lever[] = [
    ...(hasAffinity ? cookieLevers(prepare) : []),
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
        pull={pull}
      />
      {/* Its host has cookies of its own, so it is another browser to every server. */}
      <a href={`//${scenario}.localhost${portSuffix()}/`} target="_blank" rel="noreferrer">
        Second browser
      </a>
    </span>
  );
}

function cookieLevers(prepare: BrowserLeversProps['prepare']): readonly Lever[] {
  return [
    {
      label: 'Drop the affinity cookie',
      will: 'The next request is a new choice: perhaps another server, which knows the login only if it is shared.',
      act: () => prepare({ affinity: null }),
    },
    {
      label: 'Forge the affinity cookie',
      will: 'The gateway did not sign it, so it ignores it and chooses anew.',
      act: () => prepare({ affinity: 'forged.monolith-1' }),
    },
  ];
}

function portSuffix(): string {
  return window.location.port === '' ? '' : `:${window.location.port}`;
}
