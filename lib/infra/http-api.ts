/** The HTTPS API: one proxy to the API function, which knows the routes. */
import { Stack } from 'aws-cdk-lib';
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { accessLog } from './access-log.ts';
import { explain } from './explained.ts';
import { addGatewayAnswers } from './gateway-answers.ts';
import { GatewayLogging } from './gateway-logging.ts';
import type { Settings } from './settings.ts';

const stageName = 'prod';

export class HttpApi extends Construct {
  /** Without a slash at its end: clients append paths. */
  readonly url: string;
  readonly rest: RestApi;

  constructor(scope: Construct, id: string, { settings }: { readonly settings: Settings }) {
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
      // It would replace the account's own role; `GatewayLogging` only fills in a missing one.
      cloudWatchRole: false,
      // Objects are raw bytes.
      binaryMediaTypes: ['*/*'],
    });
    // Its own output of the address ends in a slash; `ApiUrl` is the one to use.
    api.node.tryRemoveChild('Endpoint');
    addGatewayAnswers(api);
    if (settings.accessLogs) api.deploymentStage.node.addDependency(new GatewayLogging(this, 'Logging', settings));
    explain(api, {
      'AwsSolutions-APIG2': 'the function checks every request against the schema of its operation',
      'AwsSolutions-APIG3': 'requests are throttled and need a token; a team may attach a web ACL to the stage',
      'AwsSolutions-APIG4': 'the function checks the token of every request but those that are public by contract',
      'AwsSolutions-APIG6':
        'execution logs need a role for the whole account and would hold bodies; access logs are on',
      'AwsSolutions-COG4': 'tokens are the product’s own, as the contract says',
    });
    this.rest = api;
    const { region, urlSuffix } = Stack.of(this);
    this.url = `https://${api.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}`;
  }

  /** Hands every request over that has no route of its own. */
  proxyTo(handler: IFunction): void {
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    this.rest.root.addMethod('ANY', integration);
    this.rest.root.addProxy({ defaultIntegration: integration });
  }
}
