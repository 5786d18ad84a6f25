import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const REASONS = {
  'AwsSolutions-SMG4':
    'Changed by hand, old and new beside each other for a while: a rotation at once would end every session or connection.',
  'AwsSolutions-EC23': 'Everybody may reach the load balancer, and it alone.',
  'AwsSolutions-S1':
    'This is the bucket of the access logs: logging its own access would write about each line it gets.',
  'AwsSolutions-ECS2': 'The variables are settings; what is secret comes from Secrets Manager.',
  'AwsSolutions-IAM5[Resource::*]': 'ecr:GetAuthorizationToken knows no resource; CDK grants nothing else so.',
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
    "Lets CDK's function, which asks MSK for its brokers, write its log.",
} as const;

/** The findings of cdk-nag that stay. */
export type Finding = keyof typeof REASONS;

/** Says of a construct and what is in it that a finding stays, and why. */
export function acknowledge(construct: IConstruct, ...findings: Finding[]): void {
  for (const id of findings) Validations.of(construct).acknowledge({ id, reason: REASONS[id] });
}
