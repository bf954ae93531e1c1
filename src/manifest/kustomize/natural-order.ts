/** The order in which kubectl prints the keys of a mapping. */

/** Keys as `goyaml.v2` sorts them (sorter.go): letters behind everything else, numbers by their value. */
export function naturally(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i += 1) {
    if (x[i] === y[i]) continue;
    return differing(x, y, i);
  }
  return x.length - y.length;
}

const isLetter = (character: string | undefined) => character !== undefined && /\p{L}/u.test(character);
const isDigit = (character: string | undefined) => character !== undefined && /\p{Nd}/u.test(character);

function differing(x: readonly string[], y: readonly string[], i: number): number {
  const [left, right] = [x[i]!, y[i]!];
  const points = left.codePointAt(0)! - right.codePointAt(0)!;
  if (isLetter(left) && isLetter(right)) return points;
  if (isLetter(left) || isLetter(right)) return isLetter(right) ? -1 : 1;
  let [lead, ai, bi, an, bn] = [0, i, i, 0, 0];
  if (left === "0" || right === "0") {
    for (let j = i - 1; j >= 0 && isDigit(x[j]); j -= 1) {
      if (x[j] !== "0") {
        lead = 1;
        break;
      }
    }
  }
  an = bn = lead;
  for (; isDigit(x[ai]); ai += 1) an = an * 10 + Number(x[ai]);
  for (; isDigit(y[bi]); bi += 1) bn = bn * 10 + Number(y[bi]);
  if (an !== bn) return an - bn;
  return ai !== bi ? ai - bi : points;
}
