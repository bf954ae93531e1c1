import type { GitHubApp } from "./app.ts";
import { events, permissions } from "./manifest.ts";
import { GitHubFault } from "./port.ts";

/** Something about the app on GitHub that keeps Sluice from working, and how to mend it. */
export interface AppProblem {
  /** The setting of ours or of the app that it is about. */
  readonly variable: string;
  readonly problem: string;
  readonly mend: string;
}

/** Proves the key by asking GitHub about the app, and compares the app's settings with the tables of `manifest.ts`. */
export async function problemsOfApp(app: GitHubApp): Promise<AppProblem[]> {
  try {
    const { data } = await app.request("GET /app");
    const granted: Readonly<Record<string, string | undefined>> = data?.permissions ?? {};
    const lacking = Object.entries(permissions).filter(
      ([name, { level }]) => granted[name] !== level && granted[name] !== "write",
    );
    const unheard = Object.entries(events).filter(([name]) => !data?.events.includes(name));
    return [
      ...lacking.map(([name, { level, reason }]) => ({
        variable: `permission ${name}`,
        problem: `is not "${level}", which Sluice needs to ${reason}`,
        mend: "Change it on the app's settings page under Permissions, and have the owners of each installation accept it",
      })),
      ...unheard.map(([name, reason]) => ({
        variable: `event ${name}`,
        problem: `is not subscribed to, which Sluice needs to ${reason}`,
        mend: "Subscribe to it on the app's settings page under Permissions & events",
      })),
    ];
  } catch (error) {
    if (!(error instanceof GitHubFault)) throw error;
    return [refusal(error)];
  }
}

function refusal({ status, message }: GitHubFault): AppProblem {
  if (status === 401 || status === 404) {
    return {
      variable: "GITHUB_APP_ID and GITHUB_PRIVATE_KEY",
      problem: `are not a pair that GitHub knows (${message})`,
      mend: "Take the App ID and a new private key from one and the same app's settings page",
    };
  }
  return {
    variable: "GITHUB_API_URL",
    problem: `does not answer: ${message}`,
    mend: "Check the address, and githubstatus.com",
  };
}
