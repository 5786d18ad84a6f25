import { Fn, RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged.js';
import { connect, type Network } from './network.js';

/** Not the one that everybody tries. */
const PORT = 6380;
/** The master and its two replicas, one in each zone. */
const COPIES = 3;
const PASSWORD_LENGTH = 64;

/** Valkey by ElastiCache: TLS, a password, a replica that takes over, and no session is ever evicted. */
export class Redis extends Construct {
  /** `REDIS_URL` of the services, password included. */
  readonly url: Secret;
  readonly group: CfnReplicationGroup;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { vpc, tasks }: Network) {
    super(scope, id);
    this.securityGroup = new SecurityGroup(this, 'access', { vpc, description: 'Valkey', allowAllOutbound: false });
    connect(tasks, this.securityGroup, PORT, 'Valkey');
    const password = new Secret(this, 'password', {
      description: 'Password of Valkey',
      generateSecretString: { excludePunctuation: true, passwordLength: PASSWORD_LENGTH },
    });
    const subnets = new CfnSubnetGroup(this, 'subnets', {
      description: 'Private subnets',
      subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
    });
    const parameters = new CfnParameterGroup(this, 'parameters', {
      cacheParameterGroupFamily: 'valkey8',
      description: 'Sessions must not be evicted',
      properties: { 'maxmemory-policy': 'noeviction' },
    });
    this.group = new CfnReplicationGroup(this, 'group', {
      replicationGroupDescription: 'Sessions, todos and events',
      ...{ engine: 'valkey', engineVersion: '8.0', cacheNodeType: 'cache.m7g.large', port: PORT },
      ...{ numCacheClusters: COPIES, automaticFailoverEnabled: true, multiAzEnabled: true },
      ...{ transitEncryptionEnabled: true, transitEncryptionMode: 'required', atRestEncryptionEnabled: true },
      authToken: password.secretValue.unsafeUnwrap(),
      cacheSubnetGroupName: subnets.ref,
      cacheParameterGroupName: parameters.ref,
      securityGroupIds: [this.securityGroup.securityGroupId],
      ...{
        snapshotRetentionLimit: 7,
        snapshotWindow: '03:00-04:00',
        preferredMaintenanceWindow: 'sun:04:30-sun:05:30',
      },
    });
    this.group.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
    const { attrPrimaryEndPointAddress: host } = this.group;
    this.url = new Secret(this, 'url', {
      description: 'REDIS_URL of the services',
      // CloudFormation puts the password in when it makes the secret; the template has only its name.
      secretStringValue: SecretValue.unsafePlainText(
        Fn.join('', ['rediss://:', password.secretValue.unsafeUnwrap(), '@', host, `:${PORT}`]),
      ),
    });
    acknowledge(this, 'AwsSolutions-SMG4');
  }

  /** The names of the servers in the group, as metrics call them. */
  get servers(): string[] {
    return Array.from({ length: COPIES }, (_, n) => `${this.group.ref}-00${n + 1}`);
  }
}
