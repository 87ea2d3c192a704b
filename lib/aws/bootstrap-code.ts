/** The bootstrap code in Systems Manager: a SecureString, which AWS encrypts and CloudFormation never sees. */
import { randomBytes } from 'node:crypto';
import type { BootstrapCode } from '../ports/bootstrap-code.ts';

/** Where a stack's code is: the stack, its functions and the command line all name it so. */
export const bootstrapParameter = (stackName: string) => `/gofer/${stackName}/bootstrap-code`;

/** Loads its client when it is needed, which is once in the life of an installation. */
export function createBootstrapCode(name: string): BootstrapCode & { create(): Promise<void> } {
  const open = async () => {
    const sdk = await import('@aws-sdk/client-ssm');
    return { ...sdk, client: new sdk.SSMClient() };
  };
  return {
    async create() {
      const { client, ParameterAlreadyExists, PutParameterCommand } = await open();
      try {
        await client.send(
          new PutParameterCommand({
            Name: name,
            Description: 'Gofer: one-time code for the first API token. Removed once it has been used.',
            Type: 'SecureString',
            Value: randomBytes(32).toString('base64url'),
            Overwrite: false,
          }),
        );
      } catch (error) {
        // Asked for a second time: the code that is there may have been read already.
        if (!(error instanceof ParameterAlreadyExists)) throw error;
      }
    },
    async read() {
      const { client, GetParameterCommand, ParameterNotFound } = await open();
      try {
        const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
        return Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
    async remove() {
      const { client, DeleteParameterCommand, ParameterNotFound } = await open();
      try {
        await client.send(new DeleteParameterCommand({ Name: name }));
      } catch (error) {
        if (!(error instanceof ParameterNotFound)) throw error;
      }
    },
  };
}
