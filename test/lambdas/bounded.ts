/**
 * A home as a function of the stack has it: with the parts that its code brings along, and with the calls that its role
 * allows in the template. Whatever else is called is refused, as AWS does, and written down.
 */
import { readFileSync } from 'node:fs';
import { createExtensionHost } from '../../lib/aws/extensions/host.ts';
import type { Tender } from '../../lib/extension/tend.ts';
import type { Home } from '../../lib/home.ts';
import type { Change, Condition, Key, Table } from '../../lib/store/table.ts';
import { actionsOf, type Statement, statementsOf } from '../infra/stack.ts';

/** Functions by the file `lambdas/aws/<entry>.ts`, and their roles by logical id. */
const roles = {
  api: /^ControlApiOwned/,
  next: /^ControlNextOwned/,
  finish: /^ControlFinishOwned/,
  'task-state-change': /^ControlTaskStateChangeOwned/,
  'execution-status-change': /^ControlExecutionStatusChangeOwned/,
  schedule: /^ControlScheduleOwned/,
  sweep: /^ControlSweepOwned/,
  expiry: /^ExpiryFunctionOwned/,
  extensions: /^ExtensionsFunctionOwned/,
  stream: /^StreamsStreamOwned/,
  'pipeline-resource': /^ManagedPipelinesFunctionOwned/,
  uninstall: /^UninstallFunctionOwned/,
} as const;

export type FunctionName = keyof typeof roles;

/** What a call of a port asks of AWS. */
const asked: { readonly [Port in keyof Home]?: Readonly<Record<string, readonly string[]>> } = {
  machines: {
    ensure: ['states:CreateStateMachine'],
    remove: ['states:DeleteStateMachine'],
    start: ['states:StartExecution'],
    stop: ['states:StopExecution'],
    describe: ['states:DescribeExecution'],
    answer: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
  },
  containers: {
    define: ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'],
    forget: ['ecs:ListTaskDefinitions', 'ecs:DeregisterTaskDefinition', 'ecs:DeleteTaskDefinitions'],
    list: ['ecs:ListTasks', 'ecs:DescribeTasks'],
    listAll: ['ecs:ListTasks', 'ecs:DescribeTasks'],
    stop: ['ecs:StopTask'],
  },
  schedules: { set: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'] },
  secrets: {
    put: ['secretsmanager:PutSecretValue', 'secretsmanager:CreateSecret'],
    get: ['secretsmanager:GetSecretValue'],
    former: ['secretsmanager:GetSecretValue'],
    remove: ['secretsmanager:DeleteSecret'],
  },
  objects: { put: ['s3:PutObject'], get: ['s3:GetObject'], sizeOf: ['s3:GetObject'], remove: ['s3:DeleteObject'] },
  logs: { read: ['logs:GetLogEvents'], remove: ['logs:DeleteLogStream'] },
};

/** The same of the services of extensions. */
const definitions = ['ecs:DeregisterTaskDefinition', 'ecs:DeleteTaskDefinitions'];
const askedOfServices: Readonly<Record<string, readonly string[]>> = {
  list: ['ecs:ListServices'],
  put: [
    ...['ecs:DescribeServices', 'ecs:CreateService', 'ecs:UpdateService'],
    ...['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition', ...definitions, 'iam:PassRole'],
  ],
  remove: ['ecs:DescribeServices', ...definitions, 'ecs:DeleteService'],
  container: ['ecs:ListTasks', 'ecs:DescribeTasks'],
};

/** Not every function is made with them: `lib/aws/parts.ts`. */
const parts: readonly string[] = ['logs', 'objects', 'schedules', 'secrets'];

export type Bounded = {
  readonly home: Home;
  /** `stream: dynamodb:UpdateItem`, also where the code got over it. */
  readonly refused: string[];
  /** For the function that looks after extensions. */
  readonly tender: Tender;
};

/** `account`: where extensions run, which a function has as its `home` when its code brings that along. */
export function bounded(name: FunctionName, home: Home, account?: Tender): Bounded {
  const statements = statementsOf(roles[name]);
  const brought = partsOf(name);
  const refused: string[] = [];
  const refuse = (what: string) => {
    refused.push(`${name}: ${what}`);
    throw new Error(`AccessDenied: ${what}`);
  };
  const need = (action: string, allows: (statement: Statement) => boolean = () => true) => {
    if (!statements.some((each) => actionsOf(each).includes(action) && allows(each))) refuse(action);
  };
  const port = <Name extends keyof Home>(of: Name): Home[Name] =>
    new Proxy(home[of] as object, {
      get: (target, call) => {
        const actions = asked[of]?.[String(call)];
        const method: unknown = Reflect.get(target, call);
        if (!actions || typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          if (parts.includes(of) && !brought.includes(of)) refuse(`${of}.${String(call)}, without the part`);
          for (const action of actions)
            need(action, (statement) => of !== 'secrets' || holdsSecret(statement, String(args[0])));
          return Reflect.apply(method, target, args);
        };
      },
    }) as Home[Name];
  const table = boundedTable(home.table, need);
  const invoke = (called: RegExp) =>
    need('lambda:InvokeFunction', ({ Resource }) => called.test(JSON.stringify(Resource)));
  const tender: Tender = {
    exchange: async (request) => {
      invoke(/"ExtensionReachFunction\w+","Arn"\]/);
      return account?.exchange(request) ?? { failed: 'there are no extensions' };
    },
    services: new Proxy({} as Tender['services'], {
      get: (_, call: keyof Tender['services']) => (work: never) => {
        for (const action of askedOfServices[call] ?? [])
          need(action, (statement) => !/Service$|Services$/.test(action) || isOfExtensions(action, statement));
        return account?.services[call](work);
      },
    }),
  };
  const extensions = createExtensionHost({
    table,
    secrets: port('secrets'),
    exchange: tender.exchange,
    wake: async () => invoke(/:function:Gofer-extensions"/),
    now: home.now,
    pause: async () => undefined,
  });
  return {
    refused,
    tender,
    home: {
      ...home,
      table,
      ...(account && brought.includes('extensions') && { extensions }),
      machines: port('machines'),
      containers: port('containers'),
      schedules: port('schedules'),
      secrets: port('secrets'),
      objects: port('objects'),
      logs: port('logs'),
      bus: { publish: () => need('events:PutEvents') },
    },
  };
}

/** Those that the function's file takes from `lib/aws/parts.ts`. */
function partsOf(name: FunctionName): string[] {
  const source = readFileSync(new URL(`../../lambdas/aws/${name}.ts`, import.meta.url), 'utf8');
  const [, taken = ''] = /import \{ ([^}]*) \} from '[./]*lib\/aws\/parts\.ts'/.exec(source) ?? [];
  return taken.split(', ');
}

type Need = (action: string, allows?: (statement: Statement) => boolean) => void;

function boundedTable(table: Table, need: Need): Table {
  const write = (call: string, { pk }: Key, names: readonly string[] = []) =>
    need(`dynamodb:${call}`, ({ Condition }) => {
      const { 'dynamodb:LeadingKeys': keys, 'dynamodb:Attributes': attributes } =
        Condition?.['ForAllValues:StringEquals'] ?? {};
      const within = (values: readonly string[], allowed: unknown) =>
        !Array.isArray(allowed) || values.every((each) => allowed.includes(each));
      return within([pk], keys) && within(['pk', 'sk', ...names], attributes);
    });
  return {
    get: async (key) => {
      need('dynamodb:GetItem');
      return table.get(key);
    },
    getMany: async (keys) => {
      need('dynamodb:BatchGetItem');
      return table.getMany(keys);
    },
    query: async (pk, range) => {
      need('dynamodb:Query');
      return table.query(pk, range);
    },
    swept: async (kind) => {
      need('dynamodb:Query', ({ Resource }) => JSON.stringify(Resource).includes('/index/'));
      return table.swept(kind);
    },
    put: async (item, condition) => {
      write('PutItem', item, [...Object.keys(item), ...namesIn(condition)]);
      return table.put(item, condition);
    },
    update: async (key, change, condition) => {
      write('UpdateItem', key, [...namesOf(change), ...namesIn(condition)]);
      return table.update(key, change, condition);
    },
    delete: async (key, condition) => {
      write('DeleteItem', key, namesIn(condition));
      return table.delete(key, condition);
    },
  };
}

const first = (path: string) => path.split('.')[0] ?? '';
const namesOf = ({ set = {}, remove = [], add = {}, delete: taken = {} }: Change) =>
  [...Object.keys(set), ...remove, ...Object.keys(add), ...Object.keys(taken)].map(first);
const namesIn = (condition: Condition | undefined): string[] =>
  !condition ? [] : 'of' in condition ? condition.of.flatMap(namesIn) : [first(condition.path)];

/** Listings know no resource but the cluster. */
const isOfExtensions = (action: string, { Resource }: Statement): boolean =>
  action === 'ecs:ListServices' || JSON.stringify(Resource).includes('/gofer-extension-*"');

/** The ARN of a secret ends as `:secret:gofer/<stack>/<names>*`. */
function holdsSecret({ Resource }: Statement, name: string): boolean {
  const [, names = ''] = /:secret:gofer\/Gofer\/([^"]+)\*"/.exec(JSON.stringify(Resource)) ?? [];
  return new RegExp(`^${names.replaceAll('*', '.*')}$`).test(name);
}
