import { type DeployedScenario, deployedScenario, readSystem } from '@holdfast/infra';

/** What binds a client to its server: the load balancer's own cookie, or the app's session cookie. */
export type Stickiness = 'duration' | 'application-cookie';

/** What a stack is told. Each is a value of CDK's context: `-c scenario=sticky-cookie-local`. */
export interface Settings {
  /** `scenario`, a name of infra/system.yaml; the usual one is round-robin-cached. It decides apps, stores and stickiness. */
  readonly deployed: DeployedScenario;
  /** `stickiness`, where the scenario binds clients by a cookie; the usual one is duration. */
  readonly stickiness: Stickiness;
  /** `stickySeconds`: how long a client stays bound after its last request; a day. */
  readonly stickySeconds: number;
  /** `certificateArn` of AWS Certificate Manager: what the load balancer shows to browsers. The stack goes where it is. */
  readonly certificateArn: string;
  readonly account: string;
  readonly region: string;
  /** `imageTag` of the images `holdfast/<app>` in the account's registry. */
  readonly imageTag: string;
  /** `kafka=true`: brokers by Amazon MSK. Without it Redis Streams carry the events. */
  readonly kafka: boolean;
}

const MOST_STICKY_SECONDS = 7 * 24 * 3600;
const DEFAULT_SCENARIO = 'round-robin-cached';

/** Reads the settings from the context; throws one error that names every mistake and its fix. */
export function readSettings(context: (name: string) => unknown): Settings {
  const mistakes: string[] = [];
  const text = (name: string, fallback = ''): string => String(context(name) ?? fallback);
  const checked = (name: string, good: (value: string) => boolean, fix: string, fallback?: string): string => {
    const value = text(name, fallback);
    if (!good(value)) mistakes.push(`${name} is "${value}": ${fix}`);
    return value;
  };
  const deployed = scenarioOf(text('scenario', DEFAULT_SCENARIO), mistakes);
  const stickiness = checked(
    'stickiness',
    (value) => value === 'duration' || value === 'application-cookie',
    'give duration or application-cookie',
    'duration',
  );
  const stickySeconds = checked(
    'stickySeconds',
    (value) => /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= MOST_STICKY_SECONDS,
    `give whole seconds from 1 to ${MOST_STICKY_SECONDS}`,
    String(24 * 3600),
  );
  const certificateArn = checked(
    'certificateArn',
    (value) => /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-z0-9-]+$/.test(value),
    'give the ARN of a certificate of AWS Certificate Manager, such as arn:aws:acm:eu-central-1:123456789012:certificate/0a1b',
  );
  const imageTag = checked(
    'imageTag',
    (value) => /^\w[\w.-]{0,127}$/.test(value) && value !== 'latest',
    'give the tag of the images, not latest, which names another image tomorrow',
  );
  const kafka = checked('kafka', (value) => value === 'true' || value === 'false', 'give true or false', 'false');
  if (deployed === undefined || mistakes.length > 0) {
    throw new Error(mistakes.map((mistake) => `-c ${mistake}`).join('\n'));
  }
  const [, , , region = '', account = ''] = certificateArn.split(':');
  return {
    ...{ deployed, certificateArn, account, region, imageTag, kafka: kafka === 'true' },
    ...{ stickiness: stickiness as Stickiness, stickySeconds: Number(stickySeconds) },
  };
}

/** The scenario, if a load balancer of AWS can be made to route so and the stack has its store. */
function scenarioOf(name: string, mistakes: string[]): DeployedScenario | undefined {
  try {
    const deployed = deployedScenario(readSystem(), name);
    if (deployed.policy !== 'round-robin' && deployed.policy !== 'least-requests') {
      mistakes.push(`scenario is "${name}": an Application Load Balancer has no ${deployed.policy}; name another one`);
    }
    if (deployed.env.SESSION_STORE === 'memcached') {
      mistakes.push(`scenario is "${name}": this stack has no Memcached; name another one`);
    }
    return deployed;
  } catch (error) {
    mistakes.push(`scenario: ${(error as Error).message}`);
    return undefined;
  }
}
