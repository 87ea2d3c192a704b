/** Secrets Manager and Parameter Store, as AWS documents them, in memory behind a port of this machine. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { SignedOptions } from '../../lib/aws/signed.ts';

type Input = Readonly<Record<string, unknown>>;

export type SecretService = {
  /** By the names of AWS; parameters begin with a slash. */
  readonly values: Map<string, unknown>;
  /** Refusals that come before any answer. */
  readonly refusals: { readonly __type: string; readonly message: string }[];
  readonly asked: { readonly operation: string; readonly input: Input }[];
  readonly options: SignedOptions;
  readonly close: () => void;
};

const refused = (__type: string) => ({ refused: { __type, message: 'no' } });

/** Lists hold so many names, that there is more than one page of them. */
const pageSize = 2;

export async function startSecretService(): Promise<SecretService> {
  const values: SecretService['values'] = new Map();
  const formers = new Map<string, unknown>();
  const write = (name: unknown, value: unknown) => {
    if (values.has(String(name))) formers.set(String(name), values.get(String(name)));
    values.set(String(name), value);
  };
  const forget = (name: unknown) => {
    formers.delete(String(name));
    return values.delete(String(name));
  };
  const refusals: SecretService['refusals'] = [];
  const asked: SecretService['asked'] = [];
  const list = (isOne: (name: string) => boolean, { NextToken = '0' }: Input) => {
    const names = [...values.keys()].filter(isOne).map((Name) => ({ Name }));
    const end = Number(NextToken) + pageSize;
    return { names: names.slice(Number(NextToken), end), ...(end < names.length && { NextToken: String(end) }) };
  };
  const answers: Readonly<Record<string, (input: Input) => object>> = {
    'secretsmanager.PutSecretValue': ({ SecretId, SecretString }) => {
      if (!values.has(String(SecretId))) return refused('ResourceNotFoundException');
      write(SecretId, SecretString);
      return {};
    },
    'secretsmanager.CreateSecret': ({ Name, SecretString }) => {
      if (values.has(String(Name))) return refused('ResourceExistsException');
      values.set(String(Name), SecretString);
      return {};
    },
    'secretsmanager.GetSecretValue': ({ SecretId, VersionStage }) => {
      const versions = VersionStage === 'AWSPREVIOUS' ? formers : values;
      return versions.has(String(SecretId))
        ? { SecretString: versions.get(String(SecretId)) }
        : refused('ResourceNotFoundException');
    },
    'secretsmanager.DeleteSecret': ({ SecretId }) => (forget(SecretId) ? {} : refused('ResourceNotFoundException')),
    'secretsmanager.ListSecrets': (input) => {
      const { names, ...more } = list((name) => !name.startsWith('/'), input);
      return { SecretList: names, ...more };
    },
    'AmazonSSM.PutParameter': ({ Name, Value }) => {
      write(Name, Value);
      return { Version: 1 };
    },
    'AmazonSSM.GetParameter': ({ Name }) =>
      values.has(String(Name)) ? { Parameter: { Value: values.get(String(Name)) } } : refused('ParameterNotFound'),
    'AmazonSSM.DeleteParameter': ({ Name }) => (forget(Name) ? {} : refused('ParameterNotFound')),
    'AmazonSSM.GetParameterHistory': ({ Name }) => {
      if (!values.has(String(Name))) return refused('ParameterNotFound');
      const versions = [formers, values].filter((each) => each.has(String(Name)));
      return { Parameters: versions.map((each) => ({ Value: each.get(String(Name)) })) };
    },
    'AmazonSSM.DeleteParameters': ({ Names }) => {
      for (const name of Names as string[]) values.delete(name);
      return {};
    },
    'AmazonSSM.DescribeParameters': (input) => {
      const { names, ...more } = list((name) => name.startsWith('/'), input);
      return { Parameters: names, ...more };
    },
  };
  const server = createServer(async (request, response) => {
    const input = (await json(request)) as Input;
    const operation = String(request.headers['x-amz-target']);
    asked.push({ operation, input });
    const next = refusals.shift();
    const answer = next ? { refused: next } : (answers[operation]?.(input) ?? refused('UnknownOperationException'));
    if ('refused' in answer) response.writeHead(400).end(JSON.stringify(answer.refused));
    else response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    values,
    refusals,
    asked,
    options: {
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      pause: async () => undefined,
    },
    close: () => void server.close(),
  };
}
