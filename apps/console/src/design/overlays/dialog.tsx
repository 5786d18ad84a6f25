import { Dialog as AriakitDialog, DialogDismiss, DialogHeading } from '@ariakit/react/dialog';
import type { ReactNode } from 'react';
import { Icon } from '../icon.js';
import './overlays.css';

interface DialogProps {
  readonly open: boolean;
  /** Called by Escape, by a press outside and by the close button; the focus then returns to where it was. */
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
}

/** A modal dialog with a heading and a close button. Load it when it is first opened: it is no part of the first load. */
export default function Dialog({ open, onClose, title, children }: DialogProps) {
  return (
    <AriakitDialog className="dialog" backdrop={<div className="dialog-backdrop" />} open={open} onClose={onClose}>
      <header className="dialog-header">
        <DialogHeading>{title}</DialogHeading>
        <DialogDismiss className="quiet" aria-label="Close">
          <Icon name="remove" />
        </DialogDismiss>
      </header>
      {children}
    </AriakitDialog>
  );
}
