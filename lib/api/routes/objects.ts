import { openPipelineObjects, openRunObjects, pipelineObjects, runObjects } from '../../object/owner.ts';
import { pipelineParams, pipelinePath, runOf, runParams, runPath } from '../paths.ts';
import { objectOperations } from './object-operations.ts';

export const objects = [
  ...objectOperations({
    noun: 'pipeline',
    path: pipelinePath,
    params: pipelineParams,
    place: (home, params) => pipelineObjects(home, params.namespace_id, params.pipeline_id),
    open: (home, params) => openPipelineObjects(home, params.namespace_id, params.pipeline_id),
  }),
  ...objectOperations({
    noun: 'run',
    path: runPath,
    params: runParams,
    place: (home, params) => runObjects(home, runOf(params)),
    open: (home, params) => openRunObjects(home, runOf(params)),
  }),
];
