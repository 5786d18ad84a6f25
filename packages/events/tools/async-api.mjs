import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { z } from 'zod';

/** The path of the document. */
const file = fileURLToPath(new URL('../asyncapi.yaml', import.meta.url));

/** The meaning of each event; its shape comes from the catalogue. */
const meanings = {
  'user.registered': 'Somebody made an account.',
  'session.started': 'A user logged in; `newNetwork`: from a network that the account was not seen on before.',
  'session.ended': 'A session of a user ended, for this reason.',
  'second-factor.enrolled': 'A user set up a second factor.',
  'second-factor.removed': 'A user removed the second factor.',
  'passkey.added': 'A user added a passkey.',
  'passkey.removed': 'A user removed a passkey.',
  'todo.added': 'A user added a todo.',
  'todo.completed': 'A user ticked a todo off.',
  'message.posted': 'A user said something in a room.',
};

/**
 * The events as an AsyncAPI 3 document. Throws where an event has no meaning here.
 * @param {Readonly<Record<string, { version: number, data: import('zod').ZodType }>>} catalogue
 * @param {import('zod').ZodObject} envelope
 */
export function asyncApiDocument(catalogue, envelope) {
  const types = Object.keys(catalogue);
  const forgotten = [...types, ...Object.keys(meanings)].filter((type) => !(type in catalogue && type in meanings));
  if (forgotten.length > 0)
    throw new Error(`describe exactly the events there are in tools/async-api.mjs: ${forgotten}`);
  const messages = Object.fromEntries(
    Object.entries(catalogue).map(([type, { version, data }]) => {
      const shape = envelope.extend({ type: z.literal(type), version: z.literal(version), data });
      const { $schema: _, ...payload } = z.toJSONSchema(shape, { io: 'input' });
      return [type, { name: type, summary: meanings[/** @type {keyof typeof meanings} */ (type)], payload }];
    }),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Holdfast events',
      version: '1.0.0',
      description:
        'Every event arrives at least once, with the same `id` each time. A group receives the events of one `key`, the id of the user, in order. New attributes of `data` may be added; a change that an old consumer cannot read gets a new version.\n',
    },
    defaultContentType: 'application/json',
    channels: {
      events: {
        address: '{prefix}events',
        description:
          'A stream of Redis, whose entries hold the text in `event`, or a topic of Kafka, with the key as its key. On a Redis Cluster there are 16 streams, `{prefix}events:{p0}` to `{p15}`; in a topic, colons of the prefix become dots.',
        parameters: { prefix: { description: 'KEY_PREFIX of the services', default: 'hf:' } },
        messages: Object.fromEntries(types.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
      },
    },
    operations: {
      tell: {
        action: 'send',
        summary: 'Events that the services tell',
        channel: { $ref: '#/channels/events' },
        messages: types.map((type) => ({ $ref: `#/channels/events/messages/${type}` })),
      },
    },
    components: { messages },
  };
}

/** The document as the file should hold it. @param {Parameters<typeof asyncApiDocument>} shapes */
export const asyncApiText = (...shapes) =>
  `# Written by \`npm run asyncapi -w @holdfast/events\` from the catalogue.\n${stringify(asyncApiDocument(...shapes), { lineWidth: 120, aliasDuplicateObjects: false })}`;

/** The text of the file. */
export const asyncApiFileText = () => readFileSync(file, 'utf8');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { catalogue } = await import('../dist/catalogue.js');
  const { envelope } = await import('../dist/envelope.js');
  writeFileSync(file, asyncApiText(catalogue, envelope));
}
