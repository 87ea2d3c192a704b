/** Gofer on AWS as one construct: it only composes. */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Attach, withAttachRole } from './attach.ts';
import { BootstrapCode } from './bootstrap-code.ts';
import { Control } from './control.ts';
import { Events } from './events.ts';
import { Expiry } from './expiry.ts';
import { ExtensionReach } from './extension-reach.ts';
import { Extensions } from './extensions.ts';
import { HttpApi } from './http-api.ts';
import { LostEvents } from './lost-events.ts';
import { Machines } from './machines.ts';
import { Network } from './network.ts';
import { Objects } from './objects.ts';
import { Overview } from './overview.ts';
import { ProductEvents } from './product-events.ts';
import type { GoferProps } from './props.ts';
import { Schedules } from './schedules.ts';
import { checkSettings, type Settings } from './settings.ts';
import { Store } from './store.ts';
import { Streams } from './streams.ts';
import { handOut } from './task-roles.ts';
import { Tasks } from './tasks.ts';
import { Uninstall } from './uninstall.ts';

/**
 * A whole installation, one a stack.
 *
 * @example const gofer = new Gofer(stack, 'Gofer', { spot: true, logRetention: 90 });
 */
export class Gofer extends Construct {
  /** @internal */
  readonly settings: Settings;
  /** @internal */
  readonly store: Store;
  /** @internal */
  readonly tasks: Tasks;
  /** @internal */
  readonly machines: Machines;
  /** @internal */
  readonly lostEvents: LostEvents;
  /** @internal */
  readonly control: Control;
  /** @internal */
  readonly uninstall: Uninstall;
  /** Address of the API, without a slash at its end. */
  readonly apiUrl: string;

  constructor(scope: Construct, id: string, props: GoferProps = {}) {
    super(scope, id);
    this.#onlyOne();
    const settings = withAttachRole(this, checkSettings(props));
    const lostEvents = new LostEvents(this, 'LostEvents');
    const store = new Store(this, 'Store', settings);
    const objects = new Objects(this, 'Objects', settings);
    const network = new Network(this, 'Network', settings);
    const tasks = new Tasks(this, 'Tasks', { ...settings, vpc: network.vpc });
    const machines = new Machines(this, 'Machines', settings);
    const schedules = new Schedules(this, 'Schedules', { lostEvents });
    const { bus } = new ProductEvents(this, 'ProductEvents');
    const api = new HttpApi(this, 'Api', { settings });
    const extensionReach = settings.extensions
      ? new ExtensionReach(this, 'ExtensionReach', { settings, network, lostEvents })
      : undefined;
    const control = new Control(this, 'Control', {
      settings,
      store,
      network,
      ...(extensionReach && { extensionReach }),
      objects,
      apiUrl: api.url,
      tasks,
      machines,
      schedules,
      bus,
      lostEvents,
    });
    const { attachRole: roleName } = settings;
    for (const role of [...settings.taskRoles, ...(roleName === undefined ? [] : [roleName])])
      handOut(role, machines.role, control.api, control.sweep);
    const events = new Events(this, 'Events', { control, tasks, machines, lostEvents });
    new Expiry(this, 'Expiry', {
      settings,
      environment: control.environment,
      store,
      objects,
      tasks,
      bus,
      lostEvents,
    });
    this.uninstall = new Uninstall(this, 'Uninstall', {
      settings,
      ...(extensionReach && { extensionReach }),
      control,
      events,
      store,
      objects,
      network,
      tasks,
      machines,
    });
    if (extensionReach) {
      const extensions = new Extensions(this, 'Extensions', {
        settings,
        control,
        reach: extensionReach,
        store,
        tasks,
        bus,
        lostEvents,
      });
      // Deleted before it, so that no service is made any more while it removes them.
      extensions.node.addDependency(this.uninstall);
    }
    // Containers have its role to their end.
    if (roleName !== undefined)
      this.uninstall.node.addDependency(new Attach(this, 'Attach', { roleName, api: control.api, tasks }));
    api.proxyTo(control.api);
    // Deleted before it, so that nothing is made any more while it clears away.
    api.rest.deploymentStage.node.addDependency(this.uninstall);
    new Streams(this, 'Streams', { api: api.rest, settings, environment: control.environment, store, tasks });
    new BootstrapCode(this, 'BootstrapCode', { settings, api: control.api });

    const { alarms } = new Alarms(this, 'Alarms', { settings, control, store, lostEvents, api: api.rest });
    new Overview(this, 'Overview', { alarms, control, store, api: api.rest });

    this.settings = settings;
    this.store = store;
    this.tasks = tasks;
    this.machines = machines;
    this.lostEvents = lostEvents;
    this.control = control;
    this.apiUrl = api.url;
    this.#bound(settings);
    this.#output({
      ApiUrl: api.url,
      ClusterName: tasks.cluster.clusterName,
      BusName: bus.eventBusName,
      TableName: store.table.tableName,
      LogGroupName: tasks.logGroup.logGroupName,
      LostEventsQueueUrl: lostEvents.queue.queueUrl,
    });
  }

  /** Functions, log groups and outputs are named after the stack. */
  #onlyOne(): void {
    const stack = Stack.of(this);
    const other = stack.node.findAll().find((each) => each instanceof Gofer && each !== this);
    if (other)
      throw new Error(
        `stack ${stack.stackName} holds Gofer twice, ${other.node.path} and ${this.node.path}; allowed: one a stack`,
      );
  }

  #bound({ permissionsBoundary: policy }: Settings): void {
    if (!policy) return;
    const bounding = policy.startsWith('arn:')
      ? ManagedPolicy.fromManagedPolicyArn(this, 'Boundary', policy)
      : ManagedPolicy.fromManagedPolicyName(this, 'Boundary', policy);
    PermissionsBoundary.of(this).apply(bounding);
  }

  /** Read by the command line, so their names are the same in every app. */
  #output(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) new CfnOutput(this, name, { value }).overrideLogicalId(name);
  }
}
