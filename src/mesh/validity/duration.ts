const nanosecondsPerUnit: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const term = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
const longest = 2n ** 63n;

export const millisecond = 1_000_000n;
export const second = 1_000_000_000n;

/**
 * Nanoseconds of a Go duration such as `1h30m`, `1.5s`, `.5s` or `-2ms`; null when it is none (Go `time.ParseDuration`).
 * Istio and the API server share this grammar: a unit is required, days do not exist, about 292 years are the most.
 */
export function parseDuration(text: string): bigint | null {
  const negative = text.startsWith("-");
  const digits = /^[+-]/.test(text) ? text.slice(1) : text;
  if (digits === "0") return 0n;
  if (digits === "" || digits.length > 1_000) return null;
  let total = 0n;
  term.lastIndex = 0;
  while (term.lastIndex < digits.length) {
    const match = term.exec(digits);
    const nanoseconds = match && termNanoseconds(match[1] ?? "", match[2] ?? "", match[3] ?? "");
    if (nanoseconds === null) return null;
    total += nanoseconds;
    if (total > longest) return null;
  }
  if (negative) return -total;
  return total < longest ? total : null;
}

/** Null without any digit. Fractions go through a float as in Go, so that both drop the same digits below a nanosecond. */
function termNanoseconds(whole: string, fraction: string, unit: string): bigint | null {
  if (whole === "" && fraction === "") return null;
  const scale = nanosecondsPerUnit[unit]!;
  const digits = fraction.slice(0, 18);
  const part = Math.trunc(Number(digits) * (Number(scale) / 10 ** digits.length));
  return BigInt(whole === "" ? "0" : whole) * scale + BigInt(part);
}

const unitNames: readonly [RegExp, string][] = [
  [/^milliseconds?|^millis?/, "ms"],
  [/^seconds?|^secs?/, "s"],
  [/^minutes?|^mins?/, "m"],
  [/^hours?|^hrs?/, "h"],
];

/** How to write what a wrong duration probably means; null when nobody can guess. */
export function durationFix(text: string): string | null {
  const plain = text.replaceAll(/\s/g, "").toLowerCase();
  if (/^\d+$/.test(plain) && Number(plain) > 0) return `write \`${plain}s\`: a duration needs a unit`;
  const days = /^(\d{1,5})d(?:ays?)?$/.exec(plain);
  if (days) return `write \`${Number(days[1]) * 24}h\`: the longest unit is the hour`;
  const number = /^[\d.]+/.exec(plain)?.[0] ?? "";
  const word = plain.slice(number.length);
  const unit = unitNames.find(([name]) => name.exec(word)?.[0] === word)?.[1] ?? word;
  const nanoseconds = parseDuration(number + unit);
  if (nanoseconds === 0n) return "leave the field out: a duration of zero does not switch it off";
  return nanoseconds !== null && nanoseconds >= millisecond && number + unit !== text
    ? `write \`${number}${unit}\``
    : null;
}
