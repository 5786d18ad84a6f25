import { Menu, MenuButton, MenuItem, MenuProvider } from '@ariakit/react/menu';
import type { ReactNode } from 'react';
import './overlays.css';

export interface MenuAction {
  readonly label: string;
  /** What it will do, said before it is done. */
  readonly hint?: string;
  readonly onSelect: () => void;
}

interface ActionMenuProps {
  /** The button's content. */
  readonly children: ReactNode;
  readonly label: string;
  readonly actions: readonly MenuAction[];
}

/** A button that opens a menu of actions, by mouse, touch and keyboard. */
export default function ActionMenu({ children, label, actions }: ActionMenuProps) {
  return (
    <MenuProvider>
      <MenuButton aria-label={label}>{children}</MenuButton>
      <Menu className="menu" gutter={4} portal>
        {actions.map((action) => (
          <MenuItem key={action.label} className="menu-item" onClick={action.onSelect}>
            <strong>{action.label}</strong>
            {action.hint === undefined ? null : <span>{action.hint}</span>}
          </MenuItem>
        ))}
      </Menu>
    </MenuProvider>
  );
}
