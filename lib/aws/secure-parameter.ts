/**
 * One encrypted parameter of Systems Manager. The command line imports it when it needs it, for its client takes a while;
 * functions are bundled with `lambda-ssm.ts` in place of that client.
 */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';

export type ClientOptions = { readonly region?: string; readonly profile?: string };

export function openSecureParameter(name: string, options: ClientOptions = {}) {
  const client = new SSMClient(options);
  return {
    /** One that is there already stays as it is. */
    async create(value: string, description: string): Promise<void> {
      const parameter = { Name: name, Description: description, Type: 'SecureString', Value: value } as const;
      try {
        await client.send(new PutParameterCommand({ ...parameter, Overwrite: false }));
      } catch (error) {
        if (!(error instanceof ParameterAlreadyExists)) throw error;
      }
    },
    /** `undefined`: it is not there. */
    async read(): Promise<string | undefined> {
      try {
        const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
        return Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
    /** One that is absent is removed already. */
    async remove(): Promise<void> {
      try {
        await client.send(new DeleteParameterCommand({ Name: name }));
      } catch (error) {
        if (!(error instanceof ParameterNotFound)) throw error;
      }
    },
  };
}
