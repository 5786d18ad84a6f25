import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Addresses of the network. The services believe what a peer in it says of its clients; security groups let only the load balancer in. */
export const NETWORK_CIDR = '10.20.0.0/16';

/** What a task asks AWS itself for: its image, its secrets, a place for its log. */
const ENDPOINTS = {
  'ecr-api': InterfaceVpcEndpointAwsService.ECR,
  'ecr-docker': InterfaceVpcEndpointAwsService.ECR_DOCKER,
  logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
};

/** Three zones: load balancer in the public subnets, everything else in subnets without a way to the internet. */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Tasks. Rules between it and the others are made where those are. */
  readonly tasks: SecurityGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const flow = new LogGroup(this, 'flow-log', { retention: RetentionDays.ONE_MONTH });
    this.vpc = new Vpc(this, 'vpc', {
      ipAddresses: IpAddresses.cidr(NETWORK_CIDR),
      maxAzs: 3,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24 },
        { name: 'private', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
      flowLogs: { all: { destination: FlowLogDestination.toCloudWatchLogs(flow) } },
    });
    const { vpc } = this;
    this.tasks = new SecurityGroup(this, 'tasks', { vpc, description: 'Tasks', allowAllOutbound: false });
    const endpoints = new SecurityGroup(this, 'endpoints', {
      vpc,
      description: 'AWS endpoints',
      allowAllOutbound: false,
    });
    connect(this.tasks, endpoints, 443, 'AWS itself');
    for (const [name, service] of Object.entries(ENDPOINTS)) {
      vpc.addInterfaceEndpoint(name, { service, securityGroups: [endpoints], open: false });
    }
    // Layers of images come from S3, whose addresses differ by region. The subnets have no other way out than these endpoints.
    vpc.addGatewayEndpoint('s3', { service: GatewayVpcEndpointAwsService.S3 });
    this.tasks.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Layers of images');
  }
}

/** Lets one group open connections to another's port. */
export function connect(from: SecurityGroup, to: SecurityGroup, port: number, what: string): void {
  from.connections.allowTo(to, Port.tcp(port), what);
}
