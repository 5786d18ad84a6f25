// What `cdk` runs: the stack for the settings of its context.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { HoldfastStack } from './holdfast-stack.js';
import { readSettings } from './settings.js';

const app = new App();
try {
  new HoldfastStack(
    app,
    'Holdfast',
    readSettings((name) => app.node.tryGetContext(name)),
  );
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
