import { quote } from "../schema/wording.ts";

type Reading =
  | "text"
  | "variable"
  | "arguments"
  | "first-string"
  | "string"
  | "after-string"
  | "after-list"
  | "after-arguments";

/**
 * Why a header value would be refused by Envoy's formatter: percent signs begin variables such as `%HOSTNAME%` or
 * `%START_TIME(%s)%`; `%%` is a percent sign. Null when it is well formed. Follows header_value_validator.go
 * state by state, since neither Envoy nor Istio has a grammar of it.
 */
export function flawOfHeaderFormat(value: string): string | null {
  let reading: Reading = "text";
  for (let index = 0; index < value.length; index++) {
    const character = value[index]!;
    const isLast = index === value.length - 1;
    if (reading === "text" && character === "%") {
      if (isLast) return "it ends in a single `%`";
      if (value[index + 1] === "%") index++;
      else reading = "variable";
    } else if (reading === "string" && character === "\\") {
      if (isLast) return "it ends in a backslash";
      index++;
    } else {
      const next: Reading | null = step(reading, character);
      if (next === null) return `${quote(character)} cannot stand at position ${index + 1}`;
      reading = next;
    }
  }
  return reading === "text" ? null : "a variable is not closed by `%`";
}

/** What is read after a character; null when it cannot stand there. */
function step(reading: Reading, character: string): Reading | null {
  switch (reading) {
    case "text":
      return reading;
    case "variable":
      return character === "%" ? "text" : character === "(" ? "arguments" : reading;
    case "arguments":
      return character === "[" ? "first-string" : character === " " ? reading : "string";
    case "first-string":
      return character === '"' ? "string" : blank(character, reading);
    case "string":
      return character === ")" ? "after-arguments" : character === '"' ? "after-string" : reading;
    case "after-string":
      return character === ","
        ? "first-string"
        : character === "]"
          ? "after-list"
          : blank(character, reading);
    case "after-list":
      return character === ")" ? "after-arguments" : blank(character, reading);
    case "after-arguments":
      return character === "%" ? "text" : blank(character, reading);
  }
}

function blank(character: string, reading: Reading): Reading | null {
  return character === " " ? reading : null;
}
