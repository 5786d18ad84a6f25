/** A variable in a compose file: `rest` is `:-` and a default, or `:?` and what to do where it is not set. */
export function variable(name: string, rest: string): string {
  return `\${${name}${rest}}`;
}

/** The one variable that says which scenario runs: the profile of its services, and the folder of its files. */
export const SCENARIO = variable('COMPOSE_PROFILES', ':?name a scenario, such as round-robin-cached');
