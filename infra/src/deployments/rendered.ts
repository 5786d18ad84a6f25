import { stringify } from 'yaml';

/** The text of files by their path below `infra/deployments/`. */
export type Rendered = Readonly<Record<string, string>>;

const HEADER = '# Rendered by `npm run infra -- render` from infra/system.yaml; changes here are overwritten.\n';

/** A YAML file of one or more documents. */
export function yamlFile(...documents: readonly object[]): string {
  // This writes equal objects in full and not as YAML aliases, which many readers of such files do not follow.
  const texts = documents.map((document) => stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return HEADER + texts.join('---\n');
}
