/** The two functions of jstat that the lab uses; the package has no types. */
declare module 'jstat' {
  interface Quantiles {
    readonly beta: { inv(probability: number, alpha: number, beta: number): number };
    readonly studentt: { inv(probability: number, degreesOfFreedom: number): number };
  }
  const jstat: Quantiles;
  export default jstat;
}
