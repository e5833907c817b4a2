/** Errors that cross rooms. Each has a stable code; messages say what, where and what to do. */

export type StoreErrorCode =
  /** Another process holds the data directory. Exit code 75. */
  | 'locked'
  /** Files are damaged or missing; the message says what to do. Exit code 74. */
  | 'damaged'
  /** Written by a newer version. */
  | 'version'
  /** A write was rejected earlier: nothing more is taken until the store was opened again. */
  | 'poisoned'
  /** The message or report does not exist. */
  | 'not-found'
  /** The bytes were erased by retention or on request. */
  | 'erased'
  /** The bytes do not match their SHA-256: never to be forwarded. */
  | 'corrupt'
  /** `after` is older than what the feed keeps. */
  | 'cursor-expired'
  /** A cursor that this store did not give. */
  | 'bad-cursor'
  /** Still in the queue, and `force` was not given. */
  | 'pending'
  /** The store is closed. */
  | 'closed';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
