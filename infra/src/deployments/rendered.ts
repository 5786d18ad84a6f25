import { stringify } from 'yaml';

/** The text of files by their path below `infra/deployments/`. */
export type Rendered = Readonly<Record<string, string>>;

/** The first line of each file. */
export const HEADER = '# Rendered by `npm run infra -- render` from infra/system.yaml; changes here are overwritten.\n';

/**
 * Equal objects in full, since many readers do not follow aliases; and texts such as `yes` in quotes, since Docker Compose 1 reads
 * YAML 1.1, in which they are true or false.
 */
const STYLE = { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' } as const;

/** A YAML file of one or more documents. */
export function yamlFile(...documents: readonly object[]): string {
  const texts = documents.map((document) => stringify(document, STYLE));
  return HEADER + texts.join('---\n');
}
