/** When notifications are written: times in milliseconds; tests have shorter ones. */

export interface Pacing {
  /** How long what happens to recipients of one message is gathered. */
  readonly window: number;
  /** The same where other recipients of it are under way. */
  readonly longest: number;
  /** How long the feed is left alone after it moved. */
  readonly gather: number;
  /** How often it is looked for recipients that have been waiting for too long. */
  readonly overdueEvery: number;
  /** Delays told to one sender within an hour. */
  readonly overdueHourly: number;
  readonly retryFirst: number;
  readonly retryLongest: number;
}

export const PACING: Pacing = {
  window: 1_000,
  longest: 30_000,
  gather: 200,
  overdueEvery: 60_000,
  overdueHourly: 100,
  retryFirst: 500,
  retryLongest: 30_000,
};
