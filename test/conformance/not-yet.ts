/** Operations of the contract that this version does not have. A test fails as soon as one of them is there after all. */
export const notYet: readonly string[] = [
  'list_pipeline_secrets',
  'put_pipeline_secret',
  'get_pipeline_secret',
  'delete_pipeline_secret',
  'list_global_secrets',
  'put_global_secret',
  'get_global_secret',
  'delete_global_secret',
  'attach_task_execution',
];
