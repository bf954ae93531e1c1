/** Where the API and the web pages of this GitHub are, without a slash at the end. */
export interface Links {
  readonly api: string;
  readonly web: string;
}
