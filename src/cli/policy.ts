import { type Command, UsageError } from "./command.ts";
import { checkPolicies } from "./policy-check.ts";
import { showPolicy } from "./policy-show.ts";
import { testPolicy } from "./policy-test.ts";

export const policy: Command = {
  name: "policy",
  summary: "what is in force and which line says so; whether a policy file is valid",
  usage: [
    "sluice policy show [--policy FILE]… [--environment NAME]… [--repository OWNER/NAME] [--branch NAME] [--format pretty|json]",
    "sluice policy check [FILE]… [--organisation FILE] [--format pretty|json]",
    "sluice policy test [--policy FILE]… [--cases FOLDER]",
    "",
    "show: every setting in force with the file and line that set it, and what differs in each environment.",
    "check: validates policy files; exit code 1 when one is wrong. With --organisation, what the files may",
    "  not loosen of that one counts as wrong too. Exceptions that end soon or are of no use are named.",
    "test: runs cases (folders with base/, head/ and expected.yaml; default .github/sluice-tests);",
    "  what other repositories hold stands in inventory/OWNER/NAME/ of a case.",
  ].join("\n"),
  async run([action, ...args], terminal) {
    if (action === "show") return showPolicy(args, terminal);
    if (action === "check") return checkPolicies(args, terminal);
    if (action === "test") return testPolicy(args, terminal);
    throw new UsageError("say show, check or test");
  },
};
