/** Keys that only the organisation may set, unless it hands one down; a repository's file with one of them is told so. */
export const organisationKeys = [
  "mode",
  "enrolment",
  "environments",
  "exceptions",
  "roles",
  "mesh",
  "inventory",
  "approvals",
] as const;
