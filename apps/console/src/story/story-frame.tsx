import { useEffect, useRef } from 'react';
import { frameOrigin } from '../place.js';
import { ActorChannel } from './actor/actor-channel.js';

interface StoryFrameProps {
  readonly scenario: string;
  /** Gets the line to this frame while it is there. */
  readonly channels: Map<string, ActorChannel>;
}

/** An unseen frame at a scenario's host, from which the story's requests are sent: cookies belong to that host. */
export function StoryFrame({ scenario, channels }: StoryFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const origin = frameOrigin(scenario, window.location.port);
  useEffect(() => {
    const target = frame.current?.contentWindow;
    if (!target) return;
    const channel = new ActorChannel(target, origin);
    channels.set(scenario, channel);
    return () => {
      channel.close();
      channels.delete(scenario);
    };
  }, [scenario, origin, channels]);
  return <iframe ref={frame} hidden title={`Requests to ${scenario}`} src={`${origin}/?actor`} />;
}
