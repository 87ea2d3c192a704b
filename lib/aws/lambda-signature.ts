/** Stands in for the SDK's signer over several regions in the bundles: only global endpoints would need it. */
export { SignatureV4 as SignatureV4MultiRegion } from '@smithy/signature-v4';
