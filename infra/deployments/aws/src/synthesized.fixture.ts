import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { HoldfastStack } from './holdfast-stack.js';
import { readSettings, type Settings } from './settings.js';

const REQUIRED = {
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b',
  imageTag: 'v1',
};

export interface Synthesized {
  readonly template: Template;
  /** Path of the template. */
  readonly file: string;
}

/** Settings as a user gives them, with what is required. */
export function settingsOf(context: Readonly<Record<string, string | undefined>>): Settings {
  return readSettings((name) => ({ ...REQUIRED, ...context })[name]);
}

/** Synthesizes the stack into a folder; throws what cdk-nag found and nobody acknowledged. `change` may spoil it before. */
export function synthesize(
  outdir: string,
  context: Readonly<Record<string, string>>,
  change: (stack: HoldfastStack) => void = () => undefined,
): Synthesized {
  const app = new App({ outdir });
  const stack = new HoldfastStack(app, 'Holdfast', settingsOf(context));
  change(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { exitCode } = process;
  try {
    app.synth();
  } finally {
    // CDK would end the process with 1; here the test says what a finding means.
    process.exitCode = exitCode;
  }
  return { template: Template.fromStack(stack), file: join(outdir, 'Holdfast.template.json') };
}
