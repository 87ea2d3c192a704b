/** A request that must be refused: a good one with one thing in it made wrong. */
import type { ContractOperation } from '../contract.ts';
import type { Request } from '../request.ts';
import type { World } from '../world.ts';

export type Refusal = {
  /** What is wrong, as words that follow "refuses". */
  readonly what: string;
  readonly status: number;
  readonly wrong: (good: Request, world: World) => Promise<Request> | Request;
};

/** The refusals of one sort that an operation owes. */
export type Refusals = (operation: ContractOperation) => readonly Refusal[];
