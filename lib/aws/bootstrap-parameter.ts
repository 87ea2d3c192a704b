/** Where a stack's bootstrap code is: the stack, its functions and the command line all name it so. */
export const bootstrapParameter = (stackName: string) => `/gofer/${stackName}/bootstrap-code`;
