/**
 * What the pipelines of a stack share: the function that makes them live, one task definition for each kind of task, and
 * the right of their rules to start runs. Made with the first of them.
 */
import { AspectPriority, Aspects, type CfnResource, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct, type IConstruct } from 'constructs';
import { registrationOf } from '../aws/task-definition.ts';
import type { TaskDefinition } from '../ports/containers.ts';
import type { ControlFunction } from './control-function.ts';
import type { Gofer } from './gofer.ts';
import { handOut, rolesArn } from './task-roles.ts';

const childId = 'ManagedPipelines';

export class ManagedPipelines extends Construct {
  /** Answers CloudFormation for every pipeline of the stack. */
  readonly resource: ControlFunction;
  readonly #gofer: Gofer;
  /** Which construct makes which pipeline. */
  readonly #makers = new Map<string, string>();
  readonly #atSynthesis: (() => void)[] = [];
  readonly #passed = new Set<string>();
  #mayRead = false;
  #maySchedule = false;

  static of(gofer: Gofer): ManagedPipelines {
    const found = gofer.node.tryFindChild(childId);
    return found instanceof ManagedPipelines ? found : new ManagedPipelines(gofer);
  }

  private constructor(gofer: Gofer) {
    super(gofer, childId);
    this.#gofer = gofer;
    if (Token.isUnresolved(Stack.of(gofer).stackName))
      throw new Error(
        `${gofer.node.path} is in a nested stack, whose name is not known before it is deployed, and machines are named by it; put Gofer and its pipelines into a stack of its own`,
      );
    this.resource = gofer.control.customResource(this, 'Function', { entry: 'pipeline-resource', deploys: true });
    const visit = (node: IConstruct) => {
      if (node === this) for (const work of this.#atSynthesis.splice(0)) work();
    };
    // Early, so that other aspects, as those that set tags, come to what is made.
    Aspects.of(this).add({ visit }, { priority: AspectPriority.MUTATING });
  }

  /** For what depends on all that the app does with a pipeline after it has made it. */
  atSynthesis(work: () => void): void {
    this.#atSynthesis.push(work);
  }

  /** Two constructs can't keep the same pipeline: each would undo what the other does. */
  claim(pipeline: string, maker: Construct): void {
    const other = this.#makers.get(pipeline);
    if (other)
      throw new Error(
        `${other} and ${maker.node.path} both make the pipeline "${pipeline}"; allowed: one construct a pipeline, so give one of them another id or namespace`,
      );
    this.#makers.set(pipeline, maker.node.path);
  }

  /** The definition of tasks like this. It outlives the template: runs that have started still name it. */
  taskDefinition(definition: TaskDefinition): CfnTaskDefinition {
    const { tasks, settings } = this.#gofer;
    const { stackName: installation, partition, region, account } = Stack.of(this);
    const registration = registrationOf(definition, {
      installation,
      executionRoleArn: tasks.executionRole.roleArn,
      rolesArn: rolesArn(this),
      logGroup: tasks.logGroup.logGroupName,
      region,
      secrets: { store: settings.secretStore, partition, region, account },
    });
    const found = this.node.tryFindChild(registration.family);
    return found instanceof CfnTaskDefinition
      ? found
      : retained(new CfnTaskDefinition(this, registration.family, registration));
  }

  /** Lets containers have the role: machines launch with it, and who registers a lost definition again names it. */
  pass(role: string): void {
    if (this.#passed.has(role)) return;
    this.#passed.add(role);
    const { machines, control } = this.#gofer;
    handOut(role, machines.role, control.sweep, this.resource);
  }

  /** Lets the function read what the CDK has uploaded. All of it lies in one bucket, under names made of its content. */
  read(asset: Asset): void {
    if (this.#mayRead) return;
    this.#mayRead = true;
    const resources = [asset.bucket.arnForObjects('*.json')];
    this.resource.addToRolePolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources }));
  }

  /**
   * Lets the rules of this stack start runs, and put what they can't deliver into the queue. Once for all: CDK's own
   * targets add a statement a rule, and a queue's policy holds twenty.
   */
  schedule(): { readonly functionArn: string; readonly deadLetterArn: string } {
    const { control, lostEvents } = this.#gofer;
    const names = { functionArn: control.schedule.functionArn, deadLetterArn: lostEvents.queue.queueArn };
    if (this.#maySchedule) return names;
    this.#maySchedule = true;
    const { account } = Stack.of(this);
    const sourceArn = Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName: '*' });
    const principal = new ServicePrincipal('events.amazonaws.com');
    control.schedule.addPermission('Rules', { principal, sourceArn, sourceAccount: account });
    lostEvents.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RulesOfPipelines',
        principals: [principal],
        actions: ['sqs:SendMessage'],
        resources: [lostEvents.queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': sourceArn }, StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    return names;
  }
}

/** Neither an update nor the end of the stack takes it away. The sweep does, once nothing needs it, and the uninstall. */
export function retained<Resource extends CfnResource>(resource: Resource): Resource {
  resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return resource;
}
