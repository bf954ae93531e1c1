/** A message as a sentence: capital letter, one full stop. Messages themselves are fragments, so that they can be joined. */
export function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, "");
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}
