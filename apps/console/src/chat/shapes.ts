import { z } from 'zod';

const message = z.object({ offset: z.number(), id: z.string(), from: z.string(), text: z.string(), at: z.string() });
export type ChatMessage = z.infer<typeof message>;
export const serverFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('joined'),
    room: z.string(),
    epoch: z.string(),
    offset: z.number(),
    recovered: z.boolean(),
    messages: z.array(message),
  }),
  message.extend({ type: z.literal('message'), room: z.string(), epoch: z.string() }),
  z.object({ type: z.literal('presence'), room: z.string(), members: z.array(z.string()) }),
  z.object({ type: z.literal('sent'), clientId: z.string(), offset: z.number() }),
  z.object({ type: z.literal('error'), code: z.string() }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;
export type ClientFrame =
  | { readonly type: 'join'; readonly room: string; readonly epoch?: string; readonly offset?: number }
  | { readonly type: 'send'; readonly room: string; readonly text: string; readonly clientId: string };
