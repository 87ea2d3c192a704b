/**
 * Stands in for the SDK's chain of credential sources in the bundles: a function has its role's credentials in its
 * environment, and the other sources would be a sixth of its code.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
