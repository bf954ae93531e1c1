/** An error in one field. GitHub puts its kind beside the message, not into `extensions`. */
export class GraphqlRefusal extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
