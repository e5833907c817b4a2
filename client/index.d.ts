import type { Client, ClientOptions } from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

export type { components, operations, paths } from './schema.d.ts';

/** What the API answers, by name: `Schemas['Message']`. */
export type Schemas = components['schemas'];

export interface RelaisClientOptions extends Omit<ClientOptions, 'baseUrl'> {
  /** Where relais answers, without path: `http://127.0.0.1:8025`. */
  readonly url: string | URL;
  /** Of `relais token add`. */
  readonly token: string;
}

export interface FollowRequest {
  /** Sequence number of the last event that was dealt with; 0 at first, or the `seq` of a page of messages. */
  readonly after: number;
  /** All by default. */
  readonly types?: NonNullable<NonNullable<paths['/changes']['get']['parameters']['query']>['types']>;
  /** How long one request waits for something to happen, at most 60s. */
  readonly wait?: string;
  readonly signal?: AbortSignal;
}

export interface RelaisClient extends Client<paths> {
  /**
   * The change feed, event by event. What may pass is waited out; anything else throws a RelaisProblem:
   * status 410 means that the feed no longer goes back so far, and the register has to be loaded anew.
   */
  follow(request: FollowRequest): AsyncGenerator<Schemas['Changes']['items'][number], void, undefined>;
}

export declare function createRelaisClient(options: RelaisClientOptions): RelaisClient;

/** An answer that is no success (RFC 9457). */
export declare class RelaisProblem extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly problem: Readonly<Record<string, unknown>>;
}
