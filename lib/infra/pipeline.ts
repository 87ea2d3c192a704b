/**
 * A pipeline that a team keeps in its CDK app. It is compiled at synthesis with the function that the API uses, so that
 * `cdk diff` shows how a change of the pipeline changes its machine, and a rollback of the stack brings back what was live.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CustomResource, FileSystem, Lazy, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { type IGrantable, type IPrincipal, type IRole, Role } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { compile } from '../machine/compile.ts';
import { machineLimits } from '../machine/limits.ts';
import { machineName, stackKey } from '../machine/name.ts';
import { checkNamespaceId, defaultNamespace } from '../namespace/namespaces.ts';
import type { PipelineConfig } from '../pipeline/config.ts';
import type { ContractPipeline } from '../pipeline/contract.ts';
import { launchLimits } from '../pipeline/limit.ts';
import { InvalidPipelineError } from '../pipeline/problem.ts';
import { rolesOf } from '../pipeline/role.ts';
import { checkPipeline } from '../pipeline/schema.ts';
import { withoutPasswords } from '../pipeline/stored.ts';
import type { MachineDefinition } from '../ports/machines.ts';
import { eventBridgeCron } from '../schedule/event-bridge.ts';
import type { PipelineOptions as WrittenPipeline } from '../sdk/pipeline.ts';
import { loadPipelineSync } from '../source/load-sync.ts';
import { taskDefinitionOf } from '../task/request.ts';
import { explain } from './explained.ts';
import type { Gofer } from './gofer.ts';
import { ManagedPipelines, retained } from './managed-pipelines.ts';
import { nameOf, ownRole } from './task-roles.ts';
import { unresolvedIn } from './unresolved.ts';

/** What `pipeline()` of the SDK makes, or the same written as an object. */
export type PipelineProps = ContractPipeline | WrittenPipeline | PipelineConfig;

export type PipelineOptions = {
  /** It is created when it is missing. Default `default`. */
  readonly namespace?: string;
  /**
   * The role that its containers have. It has to trust ecs-tasks.amazonaws.com, and its name has to be known at synthesis.
   * Default: what the pipeline names as `role`; else one is made as soon as something is granted to the pipeline.
   */
  readonly taskRole?: IRole;
};

/** A place of their own: no name that a team may choose meets one of Gofer's parts. */
const pipelinesOf = (gofer: Gofer) => gofer.node.tryFindChild('Pipelines') ?? new Construct(gofer, 'Pipelines');

/** Characters of a definition that the template shows; a longer one lies beside it. Templates have 1 MB for all. */
const shown = 20_000;

/** Of one rule, as EventBridge's own targets have it. */
const delivery = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 3600 };

/**
 * A pipeline of the stack that holds `gofer`. Deploying the stack makes it live; the API then refuses to change it.
 *
 * @example new Pipeline(gofer, 'Nightly', { id: 'nightly', schedule: '0 3 * * *', tasks: [{ id: 'report', image: 'report' }] });
 * @example bucket.grantRead(pipeline); // its containers may read the bucket
 */
export class Pipeline extends Construct implements IGrantable {
  readonly namespace: string;
  readonly pipelineId: string;
  readonly #gofer: Gofer;
  readonly #config: PipelineConfig;
  #taskRole: IRole | undefined;
  #written: Asset | undefined;

  /**
   * The same from a file, in any form that `gofer up` takes. The path starts where the app is started.
   *
   * @example Pipeline.fromFile(gofer, 'Nightly', 'pipelines/nightly.ts');
   */
  static fromFile(gofer: Gofer, id: string, path: string, options: PipelineOptions = {}): Pipeline {
    return new Pipeline(gofer, id, loadPipelineSync(path), options);
  }

  constructor(
    gofer: Gofer,
    id: string,
    pipeline: PipelineProps,
    { namespace = defaultNamespace, taskRole }: PipelineOptions = {},
  ) {
    super(pipelinesOf(gofer), id);
    checkNamespaceId(namespace);
    const unresolved = unresolvedIn(pipeline);
    if (unresolved.length) throw new InvalidPipelineError(`pipeline "${pipeline.id}" (${this.node.path})`, unresolved);
    const config = withoutPasswords(checkPipeline(pipeline));
    this.namespace = namespace;
    this.pipelineId = config.id;
    this.#gofer = gofer;
    this.#config = config;
    this.#taskRole = taskRole;
    if (taskRole && config.role)
      throw new Error(
        `${this.node.path} has a taskRole, and its pipeline names the role "${config.role}"; allowed: one of them`,
      );
    const definition = compile(config, gofer.settings);
    const problems = [...machineLimits(config, definition), ...launchLimits(config, gofer.settings)];
    if (problems.length) throw new InvalidPipelineError(`pipeline "${config.id}" (${this.node.path})`, problems);

    const managed = ManagedPipelines.of(gofer);
    managed.claim(`${namespace}/${config.id}`, this);
    const machine = this.#machine(gofer, config, definition);
    const resource = this.#resource(managed, machine);
    // They are there before the first run, and what starts runs comes last and goes first.
    resource.node.addDependency(machine, gofer.uninstall);
    managed.atSynthesis(() => this.#write(managed, resource));
    for (const rule of this.#rules(managed, config)) rule.node.addDependency(resource);
  }

  /** Its containers: what is granted to it, all of its tasks may that name no role of their own. */
  get grantPrincipal(): IPrincipal {
    return this.taskRole.grantPrincipal;
  }

  /** The role of its containers, which is made unless there is one. */
  get taskRole(): IRole {
    this.#taskRole ??= this.#roleInConfig() ?? this.#ownRole();
    return this.#taskRole;
  }

  #roleInConfig(): IRole | undefined {
    const { role } = this.#config;
    if (role === undefined) return undefined;
    return role.startsWith('arn:')
      ? Role.fromRoleArn(this, 'TaskRole', role)
      : Role.fromRoleName(this, 'TaskRole', role);
  }

  #ownRole(): IRole {
    if (this.#written)
      throw new Error(
        `${this.node.path} has been synthesized without a role; grant to it in the app, not in an aspect`,
      );
    const role = ownRole(this, this.pipelineId);
    // Containers have it to their end. Its policies may name anything, even what comes after.
    if (role.node.defaultChild) this.#gofer.uninstall.node.addDependency(role.node.defaultChild);
    return role;
  }

  /** Writes down what the role is a part of: the config and the task definitions. By now it is known whether there is one. */
  #write(managed: ManagedPipelines, resource: CustomResource): void {
    const role = this.#taskRole;
    const config = role && !this.#config.role ? { ...this.#config, role: nameOf(role) } : this.#config;
    this.#written = this.#asset('Config', JSON.stringify(config));
    managed.read(this.#written);
    for (const each of rolesOf(config)) managed.pass(each);
    for (const task of config.tasks) {
      const definition = managed.taskDefinition(
        taskDefinitionOf(task, { ...config, namespace: this.namespace }, this.#gofer.settings),
      );
      // Named, not referred to: CloudFormation does not see that it needs the role.
      if (role) definition.node.addDependency(role);
      resource.node.addDependency(definition);
    }
  }

  #machine({ machines }: Gofer, config: PipelineConfig, definition: MachineDefinition): CfnStateMachine {
    const text = JSON.stringify(definition);
    const asset = text.length > shown ? this.#asset('Definition', text) : undefined;
    const key = stackKey(Stack.of(this).stackName, this.namespace, config.id);
    const machine = new CfnStateMachine(this, 'Machine', {
      // Named by its content, so a change is another machine: runs that have started go on with theirs.
      stateMachineName: machineName(key, definition),
      stateMachineType: 'STANDARD',
      ...(asset
        ? { definitionS3Location: { bucket: asset.s3BucketName, key: asset.s3ObjectKey } }
        : { definitionString: text }),
      roleArn: machines.role.roleArn,
      loggingConfiguration: {
        level: 'ERROR',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: machines.logGroup.logGroupArn } }],
      },
    });
    explain(machine, {
      'AwsSolutions-SF1': 'an entry for every event costs more than the run; its errors are logged',
      'AwsSolutions-SF2': 'runs, tasks and their times are in the table and told by the API',
    });
    // Step Functions tries the role at once: its policy has to be there.
    machine.node.addDependency(machines.role);
    return retained(machine);
  }

  #resource(managed: ManagedPipelines, machine: CfnStateMachine): CustomResource {
    return new CustomResource(this, 'Live', {
      resourceType: 'Custom::GoferPipeline',
      serviceToken: managed.resource.functionArn,
      properties: {
        Namespace: this.namespace,
        Pipeline: this.pipelineId,
        Machine: machine.stateMachineName,
        Config: Lazy.string({ produce: () => this.#written?.httpUrl }),
      },
    });
  }

  /** Rules know no time zones: schedules are in UTC. */
  #rules(managed: ManagedPipelines, { id: pipeline, schedule = [] }: PipelineConfig): CfnRule[] {
    if (!schedule.length) return [];
    const { functionArn, deadLetterArn } = managed.schedule();
    return schedule
      .flatMap((cron) => eventBridgeCron(cron).map((expression) => ({ cron, expression })))
      .map(({ cron, expression }, n) => {
        const constant = JSON.stringify({ v: 1, namespace: this.namespace, pipeline, cron });
        return new CfnRule(this, `Schedule${n + 1}`, {
          description: `Gofer: ${this.namespace}/${pipeline} at ${cron} (UTC)`,
          scheduleExpression: expression,
          targets: [
            {
              id: 'Schedule',
              arn: functionArn,
              inputTransformer: {
                inputPathsMap: { time: '$.time' },
                // EventBridge puts the quotes around what it fills in.
                inputTemplate: `${constant.slice(0, -1)},"time":<time>}`,
              },
              retryPolicy: delivery,
              deadLetterConfig: { arn: deadLetterArn },
            },
          ],
        });
      });
  }

  #asset(id: string, content: string): Asset {
    const path = join(FileSystem.mkdtemp('gofer-'), `${id.toLowerCase()}.json`);
    writeFileSync(path, content);
    return new Asset(this, id, { path });
  }
}
