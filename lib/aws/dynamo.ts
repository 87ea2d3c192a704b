/** DynamoDB itself, by the SDK's client. */
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Protocol } from '../store/dynamo.ts';

export const dynamoProtocol = (client: DynamoDBClient): Protocol => ({
  getItem: (input) => client.send(new GetItemCommand(input as GetItemCommandInput)),
  batchGetItem: (input) => client.send(new BatchGetItemCommand(input as BatchGetItemCommandInput)),
  query: (input) => client.send(new QueryCommand(input as QueryCommandInput)),
  putItem: (input) => client.send(new PutItemCommand(input as PutItemCommandInput)),
  updateItem: (input) => client.send(new UpdateItemCommand(input as UpdateItemCommandInput)),
  deleteItem: (input) => client.send(new DeleteItemCommand(input as DeleteItemCommandInput)),
});
