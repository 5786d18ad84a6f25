import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Redis } from './redis.js';

const MINUTE = { period: Duration.minutes(1) };

/** Alarms that tell one topic. Subscribe to it whoever is on duty. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topic = new Topic(this, 'topic', { enforceSSL: true });
  }

  balancer(balancer: ApplicationLoadBalancer): void {
    const { metrics } = balancer;
    this.above('refused', 10, metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { ...MINUTE, statistic: 'Sum' }), {
      says: 'The load balancer itself answers 5xx: no healthy target, or one that hangs up',
    });
  }

  app(app: string, service: FargateService, { metrics }: ApplicationTargetGroup): void {
    this.above(`${app}-out`, 0, metrics.unhealthyHostCount({ ...MINUTE, statistic: 'Maximum' }), {
      says: `A task of ${app} does not answer /healthz`,
      minutes: 3,
    });
    const errors = new MathExpression({
      expression: '100 * failed / MAX([requests, 1])',
      usingMetrics: {
        failed: metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { ...MINUTE, statistic: 'Sum' }),
        requests: metrics.requestCount({ ...MINUTE, statistic: 'Sum' }),
      },
      ...MINUTE,
    });
    this.above(`${app}-errors`, 1, errors, { says: `More than 1 % of the answers of ${app} are 5xx`, minutes: 3 });
    this.above(`${app}-slow`, 1, metrics.targetResponseTime({ ...MINUTE, statistic: 'p99' }), {
      says: `One answer of a hundred of ${app} takes longer than a second`,
      minutes: 5,
    });
    this.above(`${app}-cpu`, 85, service.metricCpuUtilization(MINUTE), {
      says: `${app} needs more CPU than it grows by: look at the most tasks that it may have`,
      minutes: 10,
    });
  }

  redis({ servers }: Redis): void {
    for (const [n, server] of servers.entries()) {
      const metric = (metricName: string): Metric =>
        new Metric({
          ...{ namespace: 'AWS/ElastiCache', metricName, dimensionsMap: { CacheClusterId: server } },
          ...{ ...MINUTE, statistic: 'Maximum' },
        });
      const name = (what: string): string => `redis-${n + 1}-${what}`;
      this.above(name('memory'), 75, metric('DatabaseMemoryUsagePercentage'), {
        says: 'Valkey is nearly full. Nothing is evicted: logins will fail',
      });
      this.above(name('cpu'), 70, metric('EngineCPUUtilization'), {
        says: 'Valkey has one core for commands',
        minutes: 5,
      });
      this.above(name('evictions'), 0, metric('Evictions'), { says: 'Valkey evicts sessions: see maxmemory-policy' });
      this.above(name('lag'), 5, metric('ReplicationLag'), {
        says: 'A replica is seconds behind: a failover now would lose what is in between',
        minutes: 3,
      });
    }
  }

  kafka(clusterName: string): void {
    const offline = new Metric({
      ...{
        namespace: 'AWS/Kafka',
        metricName: 'OfflinePartitionsCount',
        dimensionsMap: { 'Cluster Name': clusterName },
      },
      ...{ ...MINUTE, statistic: 'Maximum' },
    });
    this.above('kafka-offline', 0, offline, {
      says: 'Kafka has partitions without a leader: events wait in the outbox',
    });
  }

  private above(name: string, threshold: number, metric: IMetric, { says = '', minutes = 1 }): void {
    const alarm = new Alarm(this, name, {
      ...{ metric, threshold, evaluationPeriods: minutes, alarmDescription: says },
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
