import { CONTAINER_PORT, type DeployedScenario, DRAIN, drainEnv, REPLICAS } from '@holdfast/infra';
import { Duration } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  type Cluster,
  ContainerImage,
  FargateService,
  FargateTaskDefinition,
  LogDriver,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged.js';
import { NETWORK_CIDR, type Network } from './network.js';

const MOST_REPLICAS = 10;

export interface AppServiceProps {
  readonly app: string;
  readonly imageTag: string;
  readonly cluster: Cluster;
  readonly network: Network;
  readonly deployed: DeployedScenario;
  readonly targets: ApplicationTargetGroup;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, Secret>>;
}

/** Three tasks of an app on Fargate, more under load. */
export class AppService extends Construct {
  readonly service: FargateService;

  constructor(scope: Construct, id: string, props: AppServiceProps) {
    super(scope, id);
    const { app, cluster, network, deployed, targets } = props;
    // One process uses one core.
    const task = new FargateTaskDefinition(this, 'task', { cpu: 1024, memoryLimitMiB: 2048 });
    task.addContainer(app, {
      image: ContainerImage.fromEcrRepository(
        Repository.fromRepositoryName(this, 'images', `holdfast/${app}`),
        props.imageTag,
      ),
      portMappings: [{ containerPort: CONTAINER_PORT }],
      environment: {
        ...deployed.env,
        ...props.env,
        SESSION_SECURE: 'true',
        TRUSTED_PROXIES: NETWORK_CIDR,
        ...drainEnv(DRAIN.albNoticeSeconds),
      },
      secrets: { ...props.secrets },
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(DRAIN.timeoutSeconds + DRAIN.marginSeconds),
      logging: LogDriver.awsLogs({
        streamPrefix: app,
        logGroup: new LogGroup(this, 'log', { retention: RetentionDays.ONE_MONTH }),
      }),
    });
    acknowledge(task, 'AwsSolutions-ECS2', 'AwsSolutions-IAM5[Resource::*]');
    this.service = new FargateService(this, 'service', {
      ...{ cluster, taskDefinition: task, desiredCount: REPLICAS, assignPublicIp: false },
      ...{ securityGroups: [network.tasks], vpcSubnets: { subnets: network.vpc.isolatedSubnets } },
      ...{ minHealthyPercent: 100, maxHealthyPercent: 200, circuitBreaker: { rollback: true } },
    });
    this.service.attachToApplicationTargetGroup(targets);
    this.service
      .autoScaleTaskCount({ minCapacity: REPLICAS, maxCapacity: MOST_REPLICAS })
      // Where sessions are in a task's memory, each task less is users logged out: it never shrinks by itself.
      .scaleOnCpuUtilization('cpu', { targetUtilizationPercent: 70, disableScaleIn: deployed.inMemory });
  }
}
