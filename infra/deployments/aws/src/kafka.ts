import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnBatchScramSecret, CfnCluster, CfnConfiguration } from 'aws-cdk-lib/aws-msk';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged.js';
import { connect, type Network } from './network.js';

/** TLS with a name and a password. */
const PORT = 9096;
const VERSION = '3.9.x.kraft';
const NAME = 'holdfast';
const PASSWORD_LENGTH = 32;

/** Three brokers by Amazon MSK. A record that was acknowledged is on two of them. */
export class Kafka extends Construct {
  readonly clusterName = NAME;
  /** `KAFKA_BROKERS` of the services. */
  readonly brokers: string;
  /** `username` and `password` of the services. MSK wants this beginning of its name, and a key of the account's own. */
  readonly account: Secret;

  constructor(scope: Construct, id: string, { vpc, tasks }: Network) {
    super(scope, id);
    const securityGroup = new SecurityGroup(this, 'access', { vpc, description: 'Kafka', allowAllOutbound: false });
    connect(tasks, securityGroup, PORT, 'Kafka');
    const key = new Key(this, 'key', { enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY });
    this.account = new Secret(this, 'account', {
      secretName: `AmazonMSK_${NAME}`,
      encryptionKey: key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: NAME }),
        generateStringKey: 'password',
        ...{ excludePunctuation: true, passwordLength: PASSWORD_LENGTH },
      },
    });
    const configuration = new CfnConfiguration(this, 'configuration', {
      name: NAME,
      serverProperties: 'default.replication.factor=3\nmin.insync.replicas=2\nauto.create.topics.enable=false\n',
    });
    const log = new LogGroup(this, 'log', { retention: RetentionDays.ONE_MONTH });
    const cluster = new CfnCluster(this, 'cluster', {
      ...{ clusterName: NAME, kafkaVersion: VERSION, numberOfBrokerNodes: 3 },
      brokerNodeGroupInfo: {
        instanceType: 'kafka.m7g.large',
        clientSubnets: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
        securityGroups: [securityGroup.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: 50 } },
      },
      clientAuthentication: { sasl: { scram: { enabled: true } }, unauthenticated: { enabled: false } },
      encryptionInfo: { encryptionInTransit: { clientBroker: 'TLS', inCluster: true } },
      configurationInfo: { arn: configuration.attrArn, revision: configuration.attrLatestRevisionRevision },
      loggingInfo: { brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: log.logGroupName } } },
    });
    new CfnBatchScramSecret(this, 'accounts', { clusterArn: cluster.ref, secretArnList: [this.account.secretArn] });
    // CloudFormation knows a cluster's brokers only by asking for them.
    const call = {
      service: 'Kafka',
      action: 'getBootstrapBrokers',
      parameters: { ClusterArn: cluster.ref },
      physicalResourceId: PhysicalResourceId.of(`${NAME}-brokers`),
    };
    const answer = new AwsCustomResource(this, 'brokers', {
      ...{ onCreate: call, onUpdate: call, installLatestAwsSdk: false },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['kafka:GetBootstrapBrokers'], resources: [cluster.ref] }),
      ]),
    });
    this.brokers = answer.getResponseField('BootstrapBrokerStringSaslScram');
    acknowledge(this.account, 'AwsSolutions-SMG4');
    acknowledge(
      Stack.of(this).node.findChild(`AWS${AwsCustomResource.PROVIDER_FUNCTION_UUID.replaceAll('-', '')}`),
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    );
  }
}
