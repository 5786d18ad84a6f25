import jstat from 'jstat';

/** The quantile t for which a Student t variable lies within -t and t with the probability `level`. */
export function studentT(level: number, degreesOfFreedom: number): number {
  return jstat.studentt.inv(1 - (1 - level) / 2, degreesOfFreedom);
}
