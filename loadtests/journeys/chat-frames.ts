/** Frames as docs/api.md has them; k6 cannot import the services' contracts. */
export interface ChatMessage {
  readonly offset: number;
  readonly id: string;
  readonly text: string;
}

export interface JoinedFrame {
  readonly type: 'joined';
  readonly epoch: string;
  readonly offset: number;
  readonly recovered: boolean;
  readonly messages: readonly ChatMessage[];
}

export type ServerFrame =
  | JoinedFrame
  | { readonly type: 'message'; readonly epoch: string; readonly message: ChatMessage }
  | { readonly type: 'sent'; readonly clientId: string }
  | { readonly type: 'error'; readonly code: string; readonly clientId?: string }
  | { readonly type: 'presence' };

/** The session has ended: a client that wants to come back logs in first. */
export const sessionEnded = 4401;
