/**
 * A message as a sentence: capital letter, one full stop, unless it asks. Messages themselves are fragments, so that they can be joined;
 * a first word that is a name (`http[0]`, a host) keeps its letters.
 */
export function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, "");
  const isWord = /^[a-z]+( |$)/.test(trimmed);
  const end = trimmed.endsWith("?") ? "" : ".";
  return `${isWord ? trimmed.charAt(0).toUpperCase() : trimmed.charAt(0)}${trimmed.slice(1)}${end}`;
}
