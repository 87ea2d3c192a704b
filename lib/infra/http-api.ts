/** The HTTPS API: one proxy to the API function, which knows the routes. */
import { Stack } from 'aws-cdk-lib';
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { accessLog } from './access-log.ts';
import { addGatewayAnswers } from './gateway-answers.ts';
import type { Settings } from './settings.ts';

const stageName = 'prod';

export type HttpApiProps = { readonly handler: IFunction; readonly settings: Settings };

export class HttpApi extends Construct {
  /** Without a slash at its end: clients append paths. */
  readonly url: string;
  readonly rest: RestApi;

  constructor(scope: Construct, id: string, { handler, settings }: HttpApiProps) {
    super(scope, id);
    const api = new RestApi(this, 'Rest', {
      restApiName: Stack.of(this).stackName,
      description: 'Gofer API',
      endpointTypes: [EndpointType.REGIONAL],
      deployOptions: {
        stageName,
        throttlingRateLimit: settings.throttle.rate,
        throttlingBurstLimit: settings.throttle.burst,
        tracingEnabled: true,
        ...(settings.accessLogs && accessLog(this, settings)),
      },
      // An account-wide setting: not for one stack to change.
      cloudWatchRole: false,
      // Objects are raw bytes.
      binaryMediaTypes: ['*/*'],
    });
    // Its own output of the address ends in a slash; `ApiUrl` is the one to use.
    api.node.tryRemoveChild('Endpoint');
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    api.root.addMethod('ANY', integration);
    api.root.addProxy({ defaultIntegration: integration });
    addGatewayAnswers(api);
    this.rest = api;
    const { region, urlSuffix } = Stack.of(this);
    this.url = `https://${api.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}`;
  }
}
