import { readSystem } from '@holdfast/infra';
import { CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import { Cluster, ContainerInsights, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged.js';
import { Alarms } from './alarms.js';
import { AppService } from './app-service.js';
import { Kafka } from './kafka.js';
import { LoadBalancer } from './load-balancer.js';
import { Network } from './network.js';
import { Redis } from './redis.js';
import type { Settings } from './settings.js';

/** The system on AWS. The scenario of the settings decides which apps run, where sessions are, and whether clients are bound. */
export class HoldfastStack extends Stack {
  readonly redis: Redis;

  constructor(scope: Construct, id: string, settings: Settings) {
    const { deployed, imageTag, account, region } = settings;
    super(scope, id, { env: { account, region }, description: `Holdfast, ${deployed.scenario}` });
    const system = readSystem();
    const network = new Network(this, 'network');
    this.redis = new Redis(this, 'redis', network);
    const kafka = settings.kafka ? new Kafka(this, 'kafka', network) : undefined;
    const loadBalancer = new LoadBalancer(this, 'load-balancer', network, settings);
    const alarms = new Alarms(this, 'alarms');
    alarms.balancer(loadBalancer.balancer);
    alarms.redis(this.redis);
    if (kafka !== undefined) alarms.kafka(kafka.clusterName);
    const sessionSecrets = new Secret(this, 'session-secrets', {
      description: 'SESSION_SECRETS: the first signs, all are accepted',
      generateSecretString: { excludePunctuation: true, passwordLength: 48 },
    });
    acknowledge(sessionSecrets, 'AwsSolutions-SMG4');
    const secrets = {
      SESSION_SECRETS: EcsSecret.fromSecretsManager(sessionSecrets),
      REDIS_URL: EcsSecret.fromSecretsManager(this.redis.url),
      ...(kafka && {
        KAFKA_USERNAME: EcsSecret.fromSecretsManager(kafka.account, 'username'),
        KAFKA_PASSWORD: EcsSecret.fromSecretsManager(kafka.account, 'password'),
      }),
    };
    const env: Record<string, string> =
      kafka === undefined
        ? {}
        : { KAFKA_BROKERS: kafka.brokers, KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'scram-sha-512' };
    const cluster = new Cluster(this, 'cluster', {
      vpc: network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    for (const app of deployed.apps) {
      const targets = loadBalancer.route(app, system.apps[app]?.routes ?? []);
      const { service } = new AppService(this, app, {
        ...{ app, imageTag, cluster, network, deployed, targets, env, secrets },
      });
      alarms.app(app, service, targets);
    }
    new CfnOutput(this, 'Address', { value: loadBalancer.balancer.loadBalancerDnsName });
    new CfnOutput(this, 'AlarmTopic', { value: alarms.topic.topicArn });
  }

  /** Three zones of the region, named when CloudFormation makes the stack: CDK would ask the account for them. */
  override get availabilityZones(): string[] {
    return [0, 1, 2].map((n) => Fn.select(n, Fn.getAzs()));
  }
}
