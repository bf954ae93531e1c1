export type StringMatch = { exact?: string; prefix?: string; regex?: string };
/** A Go duration such as `1h30m` or `1.5s`. */
export type Duration = string;
export type Labels = Readonly<Record<string, string>>;
export type StringMatches = Readonly<Record<string, StringMatch>>;
