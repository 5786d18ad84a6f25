import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chatCloseCodes, clientFrameSchema, serverFrameSchema } from '@holdfast/contracts';
import { stringify } from 'yaml';
import { z } from 'zod';

/** The path of the document. */
export const asyncApiFile = fileURLToPath(new URL('../asyncapi.yaml', import.meta.url));

/** The meaning of each frame; its shape comes from the contracts. */
const clientFrames = {
  join: 'Enter a room. `epoch` and `offset` of the last frame received ask for what came after it. Answered by `joined`.',
  send: 'Say something in a joined room. Answered by `sent`. Sending the same `clientId` again within ten minutes changes nothing.',
  leave: 'Leave a room. Answered by `left`, also when the socket was not in it.',
  history:
    'Ask for a page of the history of a joined room: forward from `after`, or else back from `before` (or the newest message) to `after`. Answered by `history`.',
};
const serverFrames = {
  joined:
    'The answer to `join`; also sent unasked with `recovered: false` when the server finds a hole that it cannot fill. `more` and `missing` say what `history` can fetch.',
  sent: 'The message is in the log at this offset.',
  message: 'Somebody said something, the receiver included.',
  presence: 'The members of the room: at most a hundred names, and their number.',
  left: 'The answer to `leave`.',
  history: 'The answer to `history`, oldest message first. `more`: the page was cut, ask for the next one.',
  error:
    'A frame was refused; `room` and `clientId` are those of the frame. `invalid_frame`, `not_joined`, `too_many_rooms`, `unavailable` (send it again), `throttled` (the socket closes with 1008; send again after `retryAfterMs`).',
};
const closeCodes = {
  sessionEnded: 'the session ended: log in, do not reconnect',
  restart: 'the instance restarts: reconnect after a random delay',
  tooBig: 'a frame was larger than 64 KB: do not send it again',
  throttled: 'the user sent too many frames in a minute: reconnect when it is over',
  tooManySockets: 'the user has too many sockets on this instance: close one before connecting again',
};

/** The frames of the socket as an AsyncAPI 3 document. Throws where a frame or close code has no description here. */
export function asyncApiDocument() {
  const received = messagesOf(clientFrameSchema, clientFrames, 'input');
  const sent = messagesOf(serverFrameSchema, serverFrames, 'output');
  const codes = Object.entries(chatCloseCodes).map(([name, code]) => {
    const meaning = closeCodes[/** @type {keyof typeof closeCodes} */ (name)];
    if (meaning === undefined) throw new Error(`describe the close code ${name} in tools/async-api.mjs`);
    return `- ${code}: ${meaning}`;
  });
  const channel = (/** @type {string} */ prefix, /** @type {object} */ messages) =>
    Object.fromEntries(
      Object.keys(messages).map((type) => [prefix + type, { $ref: `#/components/messages/${prefix}${type}` }]),
    );
  const prefixed = (/** @type {string} */ prefix, /** @type {object} */ messages) =>
    Object.fromEntries(Object.entries(messages).map(([type, message]) => [prefix + type, message]));
  const operation = (
    /** @type {string} */ action,
    /** @type {string} */ summary,
    /** @type {string} */ prefix,
    /** @type {object} */ messages,
  ) => ({
    action,
    summary,
    channel: { $ref: '#/channels/socket' },
    messages: Object.keys(messages).map((type) => ({ $ref: `#/channels/socket/messages/${prefix}${type}` })),
  });
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Holdfast chat',
      version: '1.0.0',
      description: `Rooms over WebSocket, one JSON text a frame. Close codes:\n${codes.join('\n')}\n`,
    },
    defaultContentType: 'application/json',
    channels: {
      socket: {
        address: '/chat/socket',
        description:
          'Upgraded by GET with the session cookie and an Origin of this host. Refused before the 101 with 401, 403 or 503.',
        bindings: { ws: { method: 'GET' } },
        messages: { ...channel('client-', received), ...channel('server-', sent) },
      },
    },
    operations: {
      receiveFrame: operation('receive', 'Frames a client sends', 'client-', received),
      sendFrame: operation('send', 'Frames the server sends', 'server-', sent),
    },
    components: { messages: { ...prefixed('client-', received), ...prefixed('server-', sent) } },
  };
}

/**
 * @param {import('zod').ZodDiscriminatedUnion} union
 * @param {Record<string, string>} described
 * @param {'input' | 'output'} io
 */
function messagesOf(union, described, io) {
  const shapes = union.options.map((/** @type {any} */ option) => [String(option.shape.type.value), option]);
  const types = shapes.map(([type]) => type);
  const forgotten = [
    ...types.filter((type) => !(type in described)),
    ...Object.keys(described).filter((type) => !types.includes(type)),
  ];
  if (forgotten.length > 0)
    throw new Error(`describe exactly the frames there are in tools/async-api.mjs: ${forgotten}`);
  return Object.fromEntries(
    shapes.map(([type, shape]) => {
      const { $schema: _, ...payload } = z.toJSONSchema(shape, { io });
      return [type, { name: type, summary: described[type], payload }];
    }),
  );
}

/** The document as the file should hold it. */
export const asyncApiText = () =>
  `# Written by \`npm run asyncapi -w @holdfast/chat\` from packages/contracts.\n${stringify(asyncApiDocument(), { lineWidth: 120, aliasDuplicateObjects: false })}`;

/** The text of the file. */
export const asyncApiFileText = () => readFileSync(asyncApiFile, 'utf8');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(asyncApiFile, asyncApiText());
