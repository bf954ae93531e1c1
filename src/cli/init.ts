import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { policyPath } from "../policy/layers.ts";
import { type Command, UsageError } from "./command.ts";

/** A policy to begin with: it observes, so that nobody is blocked on the first day. */
export const starterPolicy = `# Sluice policy. Organisation: <organisation>/.github. A repository's own file can only tighten it.
# Check it with \`sluice policy check\`, and see what is in force with \`sluice policy show\`.
version: 1

# A pack to start from: recommended@1, strict@1 or canary@1. Everything below changes it.
extends: [recommended@1]

# observe says "Would block" and blocks nothing. Watch for a week, then say enforce.
mode: observe

# Names of subsets and services that are the proven version, and the trial version.
# Returning traffic to stable is never blocked for its size.
roles:
  stable: [stable, primary]
  canary: [canary]

# Repositories whose default branches complete the mesh, for example with the DestinationRules that all teams share.
# inventory: [acme/mesh-shared]

# Parts of the mesh, by file path, namespace, labels or cluster of the object, or by branch.
environments:
  production:
    namespaces: ["prod", "prod-*"]

rules:
  # At most this many points of a request class in one step; or stages: ladder: [0, 5, 20, 50, 100]
  weight-step: { severity: block, maxStep: 20 }
  outlier-detection: { severity: warn, hosts: ["*.svc.cluster.local"] }
  sidecar-egress-scope: { severity: block, forbid: ["*/*"] }
  timeout-required: { severity: warn }

# Other settings for an environment, a repository or a branch. All overlays that apply count, the strictest of them.
overlays:
  - when: { environment: production }
    rules:
      weight-step: { maxStep: 10 }

# What repositories may loosen after all, by name and up to a bound; everything else they may only tighten.
# delegate:
#   rules.weight-step.maxStep: 30
#   rules.timeout-required.severity: info

# exceptions:
#   - rule: outlier-detection
#     object: DestinationRule/legacy/mysql
#     reason: one pod only, nothing to eject
#     owner: "@acme/data"
#     expires: 2027-03-31
`;

export const init: Command = {
  name: "init",
  summary: `writes a commented starter policy to ${policyPath}`,
  usage: `sluice init\n\nWrites ${policyPath} in the folder one stands in; an existing file is left alone.`,
  async run(args, terminal) {
    if (args.length > 0) throw new UsageError("init takes no arguments");
    const path = join(terminal.folder, policyPath);
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(path, starterPolicy, { flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw new UsageError(`${policyPath} exists already and is left as it is`);
    }
    terminal.out(`Wrote ${policyPath}. It observes; say \`mode: enforce\` when you are ready.\n`);
    return 0;
  },
};
