/** One thing that an experiment compares: a scenario behind an engine. */
export interface Arm {
  /** The name in the experiment: the scenario, or `<scenario>@twin`. */
  readonly name: string;
  readonly scenario: string;
  /** The load balancer in front. */
  readonly engine: string;
  /** The differences from the scenario as it is. */
  readonly options: Readonly<Record<string, unknown>>;
}
