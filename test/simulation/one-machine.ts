/** The server of one machine, killed at any moment and started again: only the table and the containers survive. */
import type { Home } from '../../lib/home.ts';
import { resumeRuns } from '../../lib/local/resume.ts';
import type { SimulatedContainers } from './containers.ts';
import type { StepFunctions } from './step-functions.ts';
import { type Call, troubled, type World } from './world.ts';

type Server = {
  readonly home: (call: Call) => Home;
  readonly containers: SimulatedContainers;
  readonly stepFunctions: StepFunctions;
  readonly resume: boolean;
  /** Begins to sweep. */
  readonly sweep: () => void;
};

const fail = (_: unknown, error: unknown) => {
  throw error;
};

/** Kills the server up to three times; each time it comes back and takes up what it finds. */
export function killNowAndThen(world: World, { home, containers, stepFunctions, resume, sweep }: Server): void {
  const start = () => {
    world.down = false;
    containers.resume();
    world.spawn('resume', async (call) => resume && resumeRuns(home(call), fail), { done: sweep, crashed: kill });
  };
  const kill = () => {
    if (world.down) return;
    world.kill();
    stepFunctions.forget();
    world.after(1 + world.random() * 20, start);
  };
  for (let i = 1 + world.below(3); i > 0; i--) world.after(world.random() * world.pick([100, troubled - 50]), kill);
}
