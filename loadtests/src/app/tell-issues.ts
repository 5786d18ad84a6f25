import type { z } from 'zod';
import { suggestion } from '../registry/nearest-name.js';
import type { Path, YamlFile } from '../registry/yaml-file.js';
import { settingsOf } from './app-file.schema.js';

/** Adds a mistake to the file for everything that its schema found in the value at `at`. */
export function tellIssues(file: YamlFile, at: Path, issues: readonly z.core.$ZodIssue[]): void {
  for (const issue of issues) {
    const path = [...at, ...(issue.path as Path)];
    if (issue.code !== 'unrecognized_keys') file.mistake(path, issue.message);
    else
      for (const key of issue.keys)
        file.mistake([...path, key], `is no setting; ${suggestion(key, settingsOf(path.at(-1)))}`);
  }
}
