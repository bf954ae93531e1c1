/** Generated from policies/*.yaml by `npm run generate`. */
export const packTexts = {
  "recommended@1":
    '# yaml-language-server: $schema=./schema.json\n# The pack `recommended@1`: what every organisation should have, and little that a first day would trip over.\nversion: 1\nunrendered: warn\nroles:\n  stable: [stable, primary, ga, baseline]\n  canary: [canary]\nrules:\n  # Half the traffic in one step is a release, not a canary. Going back to stable is never limited.\n  weight-step: { severity: block, maxStep: 20 }\n  # Only where Git shows the DestinationRule; most public repositories have none yet.\n  sidecar-egress-scope: { severity: block, forbid: ["*/*"] }\n  # Few repositories set timeouts today: turn it on when you do.\n  timeout-required: { severity: off }\n',
  "strict@1":
    '# yaml-language-server: $schema=./schema.json\n# The pack `strict@1`: for meshes where an outage is expensive.\nversion: 1\nunrendered: block\nroles:\n  stable: [stable, primary, ga, baseline]\n  canary: [canary]\nrules:\n  weight-step: { severity: block, maxStep: 10 }\n  sidecar-egress-scope: { severity: block, forbid: ["*/*"] }\n  timeout-required: { severity: block }\n',
  "canary@1":
    '# yaml-language-server: $schema=./schema.json\n# The pack `canary@1`: releases climb a ladder, one rung at a time.\nversion: 1\nunrendered: warn\nroles:\n  stable: [stable, primary, ga, baseline]\n  canary: [canary]\nrules:\n  weight-step: { severity: block, ladder: [0, 5, 20, 50, 100] }\n  sidecar-egress-scope: { severity: warn, forbid: ["*/*"] }\n  timeout-required: { severity: warn }\n',
} as const;
