import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DRAIN, obtainPython, REPLICAS } from '@holdfast/infra';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { Peer, Port } from 'aws-cdk-lib/aws-ec2';
import { runCommand } from '../../../src/run-command.js';
import type { HoldfastStack } from './holdfast-stack.js';
import { type Synthesized, synthesize } from './synthesized.fixture.js';

const STACKS = {
  shared: { scenario: 'round-robin-cached', kafka: 'true' },
  sticky: { scenario: 'sticky-cookie-local', stickySeconds: '3600' },
  'application-cookie': { scenario: 'sticky-cookie-local', stickiness: 'application-cookie' },
  hybrid: { scenario: 'sticky-cookie-cached' },
} as const;
type Name = keyof typeof STACKS;

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-aws-'));
const stacks = new Map<Name, Synthesized>();
const names = Object.keys(STACKS) as Name[];

function stackOf(name: Name): Synthesized {
  const stack = stacks.get(name) ?? synthesize(join(scratch, name), STACKS[name]);
  stacks.set(name, stack);
  return stack;
}

/** Of any shape: the assertions say which. */
// biome-ignore lint/suspicious/noExplicitAny: a template is data of another's making
type Properties = Record<string, any>;

const properties = (name: Name, type: string): Properties[] =>
  Object.values(stackOf(name).template.findResources(type)).map(({ Properties }) => Properties);

const attributesOf = (name: Name): Record<string, string>[] =>
  properties(name, 'AWS::ElasticLoadBalancingV2::TargetGroup').map(({ TargetGroupAttributes }) =>
    Object.fromEntries(TargetGroupAttributes.map(({ Key, Value }: Record<string, string>) => [Key, Value])),
  );

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the scenario', () => {
  test('decides which apps run, three tasks of each', () => {
    stackOf('shared').template.resourceCountIs('AWS::ECS::Service', 3);
    stackOf('sticky').template.resourceCountIs('AWS::ECS::Service', 1);
    for (const name of names)
      for (const service of properties(name, 'AWS::ECS::Service'))
        expect(service).toMatchObject({ DesiredCount: REPLICAS, LaunchType: 'FARGATE' });
  });

  test('decides where sessions are', () => {
    const stores = (name: Name) =>
      properties(name, 'AWS::ECS::TaskDefinition').map(({ ContainerDefinitions: [container] }) =>
        (container as { Environment: { Name: string; Value: string }[] }).Environment.find(
          ({ Name }) => Name === 'SESSION_STORE',
        ),
      );
    expect(stores('sticky')).toEqual([{ Name: 'SESSION_STORE', Value: 'memory' }]);
    expect(stores('shared')).toEqual(Array(3).fill({ Name: 'SESSION_STORE', Value: 'cached' }));
  });

  test('decides whether a client is bound, and by which cookie', () => {
    for (const attributes of attributesOf('shared')) expect(attributes['stickiness.enabled']).toBe('false');
    expect(attributesOf('sticky')).toEqual([
      expect.objectContaining({
        'stickiness.enabled': 'true',
        'stickiness.type': 'lb_cookie',
        'stickiness.lb_cookie.duration_seconds': '3600',
      }),
    ]);
    expect(attributesOf('application-cookie')).toEqual([
      expect.objectContaining({
        'stickiness.type': 'app_cookie',
        'stickiness.app_cookie.cookie_name': '__Host-hf_sid',
        'stickiness.app_cookie.duration_seconds': '86400',
      }),
    ]);
    for (const attributes of attributesOf('hybrid')) expect(attributes['stickiness.type']).toBe('lb_cookie');
  });

  test('decides whether tasks may become fewer by themselves', () => {
    const policies = (name: Name) =>
      properties(name, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(
        ({ TargetTrackingScalingPolicyConfiguration }) =>
          (TargetTrackingScalingPolicyConfiguration as { DisableScaleIn?: boolean }).DisableScaleIn,
      );
    expect(policies('sticky')).toEqual([true]);
    expect(policies('shared')).toEqual([false, false, false]);
  });
});

describe('load balancer', () => {
  test('each path of an app leads to it, and everything else is 404', () => {
    const paths = (name: Name) =>
      properties(name, 'AWS::ElasticLoadBalancingV2::ListenerRule').map(
        ({ Conditions: [condition] }) =>
          (condition as { PathPatternConfig: { Values: string[] } }).PathPatternConfig.Values[0],
      );
    for (const name of names) expect(paths(name)).toEqual(['/auth', '/todos', '/chat']);
    stackOf('shared').template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      ...{ Port: 443, Protocol: 'HTTPS' },
      DefaultActions: [Match.objectLike({ FixedResponseConfig: Match.objectLike({ StatusCode: '404' }) })],
    });
  });

  test('plain HTTP is sent to TLS', () => {
    stackOf('shared').template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [Match.objectLike({ RedirectConfig: Match.objectLike({ Port: '443', Protocol: 'HTTPS' }) })],
    });
  });

  test('health never asks Redis, and a task has time to end what is in flight', () => {
    for (const group of properties('shared', 'AWS::ElasticLoadBalancingV2::TargetGroup'))
      expect(group).toMatchObject({ HealthCheckPath: '/healthz', HealthCheckIntervalSeconds: 5 });
    for (const { ContainerDefinitions } of properties('shared', 'AWS::ECS::TaskDefinition'))
      expect(ContainerDefinitions).toMatchObject([{ StopTimeout: DRAIN.timeoutSeconds + DRAIN.marginSeconds }]);
  });
});

describe('stores', () => {
  test('Valkey has TLS, a password, replicas in other zones, and evicts nothing', () => {
    stackOf('sticky').template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      ...{ Engine: 'valkey', TransitEncryptionEnabled: true, TransitEncryptionMode: 'required' },
      ...{ AtRestEncryptionEnabled: true, AutomaticFailoverEnabled: true, MultiAZEnabled: true, NumCacheClusters: 3 },
      AuthToken: Match.objectLike({ 'Fn::Join': Match.anyValue() }),
    });
    stackOf('sticky').template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
      Properties: { 'maxmemory-policy': 'noeviction' },
    });
  });

  test('Kafka is there for who asks for it, with TLS and a password', () => {
    stackOf('sticky').template.resourceCountIs('AWS::MSK::Cluster', 0);
    stackOf('shared').template.hasResourceProperties('AWS::MSK::Cluster', {
      NumberOfBrokerNodes: 3,
      ClientAuthentication: { Sasl: { Scram: { Enabled: true } }, Unauthenticated: { Enabled: false } },
      EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true } },
    });
  });

  test('no template and no variable holds a secret', () => {
    for (const name of names)
      for (const {
        ContainerDefinitions: [container],
      } of properties(name, 'AWS::ECS::TaskDefinition')) {
        const { Environment, Secrets } = container as Record<string, { Name: string }[]>;
        expect(Environment?.map(({ Name }) => Name).filter((name) => /SECRET|REDIS_URL|PASSWORD/.test(name))).toEqual(
          [],
        );
        expect(Secrets?.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['SESSION_SECRETS', 'REDIS_URL']));
      }
  });
});

test('every alarm tells somebody and says what it means', () => {
  for (const name of names) {
    const alarms = properties(name, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(15);
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ AlarmActions: [expect.anything()], AlarmDescription: expect.stringMatching(/\w/) });
    }
  }
});

describe('cdk-nag', () => {
  test.each(names)('%s has no finding that nobody acknowledged', (name) => {
    expect(() => stackOf(name)).not.toThrow();
  });

  test('finds what is spoiled', () => {
    const open = ({ redis }: HoldfastStack): void => redis.securityGroup.addIngressRule(Peer.anyIpv4(), Port.allTcp());
    expect(() => synthesize(join(scratch, 'spoiled'), {}, open)).toThrow('AwsSolutions-EC23');
  });
});

describe('cfn-lint', () => {
  let python: string | undefined;

  beforeAll(async () => {
    const dataDir = resolve(process.env.DATA_DIR || join(import.meta.dirname, '../../../../.data'));
    python = await obtainPython(['cfnlint'], dataDir).catch((error: Error) => {
      console.error(`!!! WITHOUT CFN-LINT: templates are not checked. ${error.message}`);
      return undefined;
    });
  }, 300_000);

  test('accepts the templates', async () => {
    if (python === undefined) return;
    const files = names.map((name) => stackOf(name).file);
    // W3005: CDK names what its own function depends on twice.
    const lint = [
      '-c',
      'from cfnlint.runner import main; main()',
      '--regions',
      'eu-central-1',
      '--ignore-checks',
      'W3005',
      '-t',
      ...files,
    ];
    expect(await runCommand(python, lint, { timeoutMs: 120_000 })).toMatchObject({ code: 0, output: '' });
  }, 180_000);
});
