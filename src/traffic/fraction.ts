/** An exact share of traffic, in lowest terms, from 0 to 1. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** `numerator / denominator` in lowest terms. Weights are int32, so sums of a route's weights stay exact. */
export function fraction(numerator: number, denominator: number): Fraction {
  const divisor = greatestCommonDivisor(numerator, denominator) || 1;
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** The share in percent, from 0 to 100. */
export function percent({ numerator, denominator }: Fraction): number {
  return (100 * numerator) / denominator;
}

/** Whether two shares are the same part of the traffic. */
export function sameFraction(a: Fraction, b: Fraction): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator;
}
