/** Stands in for the SDK's event streams in the bundles: no answer that the product asks for comes as one. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

export const eventStreamSerdeProvider = absent;
export const EventStreamSerde = absent;

function absent(): never {
  throw new Error('the functions are bundled without event streams; lib/infra/function-build.ts leaves them out');
}
