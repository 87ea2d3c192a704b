/** From props or context to checked settings with every default in place. What is wrong fails the synthesis, by its name. */
import * as z from 'zod';
import { secretStores } from '../aws/secret-path.ts';
import { writeDuration } from '../pipeline/duration.ts';
import { duration } from '../pipeline/fields.ts';
import { problemsOf, writeValue } from '../pipeline/issue.ts';
import { type Problem, writeProblem } from '../pipeline/problem.ts';
import { rolesPattern } from '../pipeline/role.ts';
import { sizeProblem, wholeSize } from '../pipeline/size.ts';
import { type AppSettings, type GoferProps, retentions } from './props.ts';

/** Thrown while the app is synthesized; tells everything that is wrong at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(`the settings of Gofer can't be used:\n${problems.map((each) => `  ${writeProblem(each)}`).join('\n')}`);
    this.problems = problems;
  }
}

const day = 86_400;
const timeout = duration(1, 7 * day);

const matching = (pattern: RegExp, allowed: string) =>
  z.string().regex(pattern, { error: ({ input }) => `is ${writeValue(input)}; allowed: ${allowed}` });

const fields = {
  vpcId: matching(/^vpc-[0-9a-f]{8,17}$/, 'the id of a VPC, as "vpc-0a1b2c3d4e5f60718"').optional(),
  privateSubnets: z.boolean().default(false),
  spot: z.boolean().default(false),
  cpu: z.int().optional(),
  memory: z.int().optional(),
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  defaultTimeout: timeout.optional(),
  maxTimeout: timeout.default(7 * day),
  logRetention: z.literal([...retentions, 'forever']).default(30),
  pipelineObjects: z.int().min(1).max(1_000).default(50),
  runObjects: z.int().min(0).max(1_000).default(2),
  runLogs: z.int().min(0).max(100_000).optional(),
  removalPolicy: z.enum(['retain', 'destroy']).default('retain'),
  alarmEmail: matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address').optional(),
  permissionsBoundary: matching(
    /^(arn:aws[\w-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+|[\w+=,.@/-]{1,512})$/,
    'the name or the ARN of a managed policy',
  ).optional(),
  taskRoles: z
    .array(
      matching(
        rolesPattern,
        'the name or the ARN of an IAM role, or how several begin, followed by "*", as "reports-*"',
      ),
    )
    .default([]),
  attach: z.boolean().default(false),
  extensions: z.boolean().default(true),
  secretStore: z.enum(secretStores).default('secrets-manager'),
  accessLogs: z.boolean().default(true),
  throttle: z
    .strictObject({ rate: z.number().min(1).max(10_000), burst: z.int().min(1).max(5_000) })
    .default({ rate: 100, burst: 200 }),
  maxStreams: z.int().min(1).max(1_000).optional(),
};

const appFields = {
  ...fields,
  stackName: matching(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'a letter, then up to 39 letters, digits and hyphens').default(
    'Gofer',
  ),
  pipelines: z.string().min(1).optional(),
};

const goferSchema = z.strictObject(fields);
const appSchema = z.strictObject(appFields);

type Checked = z.output<typeof goferSchema>;

/** With all that follows from other settings. */
export type Settings = Omit<Checked, 'cpu' | 'memory' | 'defaultTimeout'> & {
  readonly vpc?: GoferProps['vpc'];
  readonly size: { readonly cpu: number; readonly memory: number };
  /** Seconds. */
  readonly defaultTimeout: number;
  /** Name of the role that containers get, with `attach`. */
  readonly attachRole?: string;
};

/** Checks the props of a construct. */
export function checkSettings({ vpc, ...props }: GoferProps): Settings {
  const checked = parse(goferSchema, Object.keys(fields), props);
  const problems = contradictions(checked, vpc);
  if (problems.length) throw new SettingsError(problems);
  const { cpu, memory, ...rest } = checked;
  const size = wholeSize(cpu, memory) ?? { cpu: 256, memory: 512 };
  return { ...rest, ...(vpc && { vpc }), size, defaultTimeout: checked.defaultTimeout ?? defaultOf(checked) };
}

/** Checks what stands under `gofer` in the context: in cdk.json, or `--context gofer='{…}'`. */
export function readAppSettings(context: unknown): AppSettings & { readonly stackName: string } {
  const given = typeof context === 'string' ? parseJson(context) : (context ?? {});
  const { stackName } = parse(appSchema, Object.keys(appFields), given);
  return { ...(given as AppSettings), stackName };
}

/** A shorter limit shortens the default with it. */
const defaultOf = ({ maxTimeout }: Checked) => Math.min(day, maxTimeout);

function contradictions(checked: Checked, vpc: GoferProps['vpc']): Problem[] {
  const { vpcId, privateSubnets, cpu, memory, defaultTimeout, maxTimeout, throttle } = checked;
  const problems: Problem[] = [];
  const wrong = (path: string, message: string, suggestion?: string) =>
    problems.push({ path, message, ...(suggestion && { suggestion }) });

  if (vpc && vpcId) wrong('vpcId', `vpcId is "${vpcId}" beside vpc; allowed: one of them`);
  if (privateSubnets && !vpc && !vpcId)
    wrong(
      'privateSubnets',
      'privateSubnets is true without an existing VPC; the VPC that Gofer makes has public subnets only, for a NAT costs $33 a month',
      'name a VPC that has private subnets by vpcId',
    );
  const size = cpu === undefined && memory === undefined ? undefined : sizeProblem(cpu, memory);
  if (size) wrong(size.field, size.message);
  if (defaultTimeout !== undefined && defaultTimeout > maxTimeout)
    wrong(
      'defaultTimeout',
      `defaultTimeout is ${writeDuration(defaultTimeout)}, maxTimeout ${writeDuration(maxTimeout)}; allowed: a default up to the limit`,
    );
  if (throttle.burst < throttle.rate)
    wrong(
      'throttle.burst',
      `throttle.burst is ${throttle.burst}, throttle.rate ${throttle.rate}; allowed: a burst of at least the rate`,
    );
  return problems;
}

function parse<S extends z.ZodType>(schema: S, names: readonly string[], given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const known = (path: readonly PropertyKey[]) => (path.length ? ['rate', 'burst'] : names);
  throw new SettingsError(result.error.issues.flatMap((issue) => problemsOf(issue, given, known)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const message = `gofer is ${writeValue(text)}, which is not JSON; write --context gofer='{"spot":true}'`;
    throw new SettingsError([{ path: 'gofer', message }]);
  }
}
