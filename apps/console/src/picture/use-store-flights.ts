import { useEffect, useRef } from 'react';
import type { PictureGroup } from './picture-lane.js';
import type { PictureSide } from './picture-side.js';
import type { Flights } from './use-flights.js';

interface Lane extends PictureSide {
  readonly groups: readonly PictureGroup[];
}

/** Draws the way to the shared store for each request whose answer says that its session was looked for there. */
export function useStoreFlights(lanes: readonly Lane[], fly: Flights['fly']): void {
  const drawnUntil = useRef(Date.now());
  useEffect(() => {
    let newest = drawnUntil.current;
    for (const { asked, groups } of lanes) {
      for (const { at, servedBy, session } of asked.filter((one) => one.at > drawnUntil.current)) {
        newest = Math.max(newest, at);
        const store = /^(redis|memcached);/.exec(session ?? '')?.[1];
        const upstream = groups.find(({ servers }) => servers.some(({ id }) => id === servedBy))?.upstream;
        if (store !== undefined && upstream !== undefined) fly(`${upstream}/${servedBy}`, store);
      }
    }
    drawnUntil.current = newest;
  });
}
