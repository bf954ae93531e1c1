/** `npm run corpus`: asks kubectl anew what becomes of every case, and writes down what it says. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { built } from "./built.ts";
import { type Case, casesOf } from "./cases.ts";
import { type Answer, kubectlBuilds, whyNotAsked } from "./kubectl.ts";

const obstacle = whyNotAsked();
if (obstacle !== null) {
  console.error(`The corpus cannot be regenerated: ${obstacle}.`);
  process.exit(2);
}

const write = ({ folder }: Case, file: string, text: string) => writeFileSync(join(folder, file), text);
const told = (answer: Answer) => ("text" in answer ? "builds it" : answer.complaint);
let surprises = 0;
const surprise = (text: string) => {
  console.error(text);
  surprises += 1;
};

for (const one of casesOf("corpus")) {
  const answer = kubectlBuilds(one.folder, one.root);
  if ("text" in answer) write(one, "expected.yaml", answer.text);
  else surprise(`corpus/${one.name}: kubectl refuses it: ${answer.complaint}`);
}
for (const one of casesOf("erroneous")) {
  const answer = kubectlBuilds(one.folder, one.root);
  if ("text" in answer) surprise(`erroneous/${one.name}: kubectl builds it`);
  write(one, "expected.txt", `${built(one.texts, one.root).reasons.join("\n")}\nkubectl: ${told(answer)}\n`);
}
for (const one of casesOf("refused")) {
  // Kubectl would reach for the network and for programs: it is not asked.
  write(one, "expected.txt", `${built(one.texts, one.root).reasons.join("\n")}\n`);
}
for (const one of casesOf("different")) {
  const answer = kubectlBuilds(one.folder, one.root);
  const { text, reasons } = built(one.texts, one.root);
  const ours = text ?? `${reasons.join("\n")}\n`;
  const theirs = "text" in answer ? answer.text : `${answer.complaint}\n`;
  if (ours === theirs) surprise(`different/${one.name}: there is no difference`);
  write(one, "expected.txt", `# kubectl\n${theirs}# sluice\n${ours}`);
}
process.exitCode = surprises === 0 ? 0 : 1;
