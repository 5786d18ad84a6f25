import { CONTAINER_PORT, type DeployedScenario, DRAIN } from '@holdfast/infra';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCertificate,
  ListenerCondition,
  SslPolicy,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged.js';
import { connect, type Network } from './network.js';
import type { Settings } from './settings.js';

/** The session cookie of the apps over TLS, at which an application cookie's stickiness begins. */
const SESSION_COOKIE = '__Host-hf_sid';

/** TLS ends here, and here a client is bound to a server, or not. */
export class LoadBalancer extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  readonly accessLogs: Bucket;
  readonly securityGroup: SecurityGroup;
  private readonly listener: ApplicationListener;
  private rules = 0;

  constructor(
    scope: Construct,
    id: string,
    private readonly network: Network,
    private readonly settings: Settings,
  ) {
    super(scope, id);
    const { vpc, tasks } = network;
    this.securityGroup = new SecurityGroup(this, 'access', { vpc, description: 'Everybody', allowAllOutbound: false });
    connect(this.securityGroup, tasks, CONTAINER_PORT, 'Load balancer');
    const { securityGroup } = this;
    this.balancer = new ApplicationLoadBalancer(this, 'balancer', {
      ...{ vpc, securityGroup, internetFacing: true, dropInvalidHeaderFields: true },
      // Shorter than the services keep an idle connection, longer than the chat is silent.
      idleTimeout: Duration.seconds(60),
    });
    this.accessLogs = new Bucket(this, 'access-logs', {
      ...{ encryption: BucketEncryption.S3_MANAGED, enforceSSL: true, blockPublicAccess: BlockPublicAccess.BLOCK_ALL },
      lifecycleRules: [{ expiration: Duration.days(30) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.securityGroup, 'AwsSolutions-EC23');
    acknowledge(this.accessLogs, 'AwsSolutions-S1');
    this.balancer.logAccessLogs(this.accessLogs);
    this.balancer.addRedirect();
    this.listener = this.balancer.addListener('https', {
      ...{ port: 443, protocol: ApplicationProtocol.HTTPS, sslPolicy: SslPolicy.RECOMMENDED_TLS },
      certificates: [ListenerCertificate.fromArn(settings.certificateArn)],
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Not found' }),
    });
  }

  /** A target group for the tasks of an app, which gets the requests below these paths. */
  route(app: string, paths: readonly string[]): ApplicationTargetGroup {
    const group = new ApplicationTargetGroup(this, app, {
      ...{ vpc: this.network.vpc, port: CONTAINER_PORT, protocol: ApplicationProtocol.HTTP, targetType: TargetType.IP },
      loadBalancingAlgorithmType: algorithmOf(this.settings.deployed),
      ...stickinessOf(this.settings),
      // Requests in flight end; a bound client moves with its next request.
      deregistrationDelay: Duration.seconds(DRAIN.timeoutSeconds),
      // It never asks Redis: an outage of Redis would otherwise take out every target at once.
      healthCheck: {
        ...{ path: '/healthz', healthyHttpCodes: '200', interval: Duration.seconds(5), timeout: Duration.seconds(4) },
        ...{ healthyThresholdCount: 2, unhealthyThresholdCount: 2 },
      },
    });
    // A rule has room for five values, so each path has a rule of its own.
    for (const path of paths) {
      this.rules += 1;
      this.listener.addAction(path.slice(1), {
        priority: this.rules,
        conditions: [ListenerCondition.pathPatterns([path, `${path}/*`])],
        action: ListenerAction.forward([group]),
      });
    }
    return group;
  }
}

function algorithmOf({ policy }: DeployedScenario): TargetGroupLoadBalancingAlgorithmType {
  return policy === 'least-requests'
    ? TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS
    : TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN;
}

function stickinessOf({ deployed, stickiness, stickySeconds }: Settings) {
  if (!deployed.affinity) return {};
  return {
    stickinessCookieDuration: Duration.seconds(stickySeconds),
    ...(stickiness === 'application-cookie' && { stickinessCookieName: SESSION_COOKIE }),
  };
}
