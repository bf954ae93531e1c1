/** The known name of the same letters in another case, with or without underscores; else null. */
export function sameLetters(typed: string, known: readonly string[]): string | null {
  const plain = plainLetters(typed);
  return known.find((name) => plainLetters(name) === plain) ?? null;
}

/**
 * The known name that a mistyped one most likely means, or null: the same letters, else at most a third of them wrong,
 * missing, doubled or swapped, else a name of which it is a part (`labels`, where it is called `matchLabels`).
 */
export function nearest(typed: string, known: readonly string[]): string | null {
  const same = sameLetters(typed, known);
  if (same !== null || typed.length > 64) return same;
  const plain = plainLetters(typed);
  let best: string | null = null;
  let least = plain.length < 3 ? 1 : Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(plain, plainLetters(name));
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best ?? known.find((name) => plain.length >= 5 && plainLetters(name).includes(plain)) ?? null;
}

function plainLetters(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "");
}

/** Inserted, deleted, replaced and swapped characters (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let distance = Math.min(
        previous[column - 1]! + (same ? 0 : 1),
        previous[column]! + 1,
        current[column - 1]! + 1,
      );
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, beforePrevious[column - 2]! + 1);
      }
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
