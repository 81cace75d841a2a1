/**
 * ContainerConfigError says why a container cannot be made as it is specified. Its message is
 * what the container's waiting state shows.
 */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
  readonly reason: string;

  constructor(message: string, reason = 'CreateContainerConfigError', options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
