import { Tooltip, TooltipAnchor, TooltipProvider } from '@ariakit/react/tooltip';
import type { ReactElement } from 'react';
import './overlays.css';

interface TipProps {
  readonly text: string;
  /** One button or link that has a name of its own: the tip only adds to it. */
  readonly children: ReactElement;
}

/** A tooltip, on hover and on focus; Escape hides it. */
export default function Tip({ text, children }: TipProps) {
  return (
    <TooltipProvider timeout={300}>
      <TooltipAnchor render={children} />
      <Tooltip className="tip" gutter={6}>
        {text}
      </Tooltip>
    </TooltipProvider>
  );
}
