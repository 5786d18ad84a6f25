import type { ChangeResult, ReloadResult, ReverseProxy } from '../proxy-api.js';
import type { Command } from './messages.js';

/** Makes a change on a proxy. */
export function runCommand(proxy: ReverseProxy, command: Command): ChangeResult | ReloadResult {
  switch (command.do) {
    case 'reload':
      return proxy.reload(command.config);
    case 'add':
      return proxy.addDestination(command.upstream, command.destination);
    case 'remove':
      return proxy.removeDestination(command.upstream, command.id);
    case 'drain': {
      const { deadlineMs } = command;
      return proxy.drain(command.upstream, command.id, deadlineMs === undefined ? {} : { deadlineMs });
    }
    case 'undrain':
      return proxy.undrain(command.upstream, command.id);
  }
}
