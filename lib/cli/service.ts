/** `gofer service`: the server by the name that Gofer's own command line gives it. */
import { Command } from 'commander';
import { examples, type Runner } from './command.ts';
import { serve, serverOptions } from './dev.ts';

export function serviceCommand(runner: Runner): Command {
  const service = new Command('service').description('The server');
  serverOptions(service.command('start').description('Run the server on this machine; the same as gofer dev'))
    .addHelpText('after', examples('gofer service start', 'gofer service start --auth --data /var/lib/gofer'))
    .action(runner.action(serve));
  return service;
}
