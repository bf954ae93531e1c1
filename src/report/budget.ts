/**
 * Joins sections up to a number of characters and cuts between sections, never inside one, so that a report that is too
 * long still ends in a sentence. `rest` names how many were left out; it is counted in the budget.
 */
export function withinBudget(
  sections: readonly string[],
  characters: number,
  rest: (omitted: number) => string,
): string {
  const whole = sections.join("\n\n");
  if (whole.length <= characters) return whole;
  const reserve = rest(sections.length).length + 2;
  const kept: string[] = [];
  let used = reserve;
  for (const section of sections) {
    if (used + section.length + 2 > characters) break;
    kept.push(section);
    used += section.length + 2;
  }
  return [...kept, rest(sections.length - kept.length)].join("\n\n");
}
