// SPDX-License-Identifier: MIT
//
// Pub/sub beyond one process: what a server asks of the link to the others.

/** Text and binary messages stay what they are on the way. */
export type PubSubKind = 'text' | 'binary';

/**
 * `connecting`: not there yet; `open`: messages go both ways; `down`: lost, and being restored;
 * `closed`: for good.
 */
export type PubSubState = 'connecting' | 'open' | 'down' | 'closed';

/**
 * The `pubsub` option of `serve()`: carries messages that are published in one process to the
 * subscribers in others. `bunserve/pubsub` has some; anything with these members will do.
 *
 * Delivery is at most once: a message that is lost with the link is not sent again. Nothing here may
 * throw to a sender; a promise that is rejected counts as an error of the link.
 */
export interface PubSubAdapter {
  /** The server has taken the adapter and set the functions below: connect. */
  open?(): void;
  /** To every other process. A string when `kind` is text; bytes are the sender's: copy to keep. */
  publish(
    topic: string,
    message: string | Uint8Array,
    kind: PubSubKind,
    compress?: boolean,
  ): void | Promise<void>;
  /**
   * Messages of the topic are wanted from now on, also after the link was lost and restored. Called
   * when a topic gets its first subscriber in this process.
   */
  subscribe(topic: string): void | Promise<void>;
  /** The last subscriber in this process has gone. */
  unsubscribe(topic: string): void | Promise<void>;
  /**
   * Set by the server; to be called for what others published, never for this process's own. Bytes
   * may change afterwards.
   */
  onMessage?:
    | ((topic: string, message: string | Uint8Array, kind: PubSubKind, compress?: boolean) => void)
    | undefined;
  /** Set by the server; to be called when something was lost, or cannot be sent. */
  onError?: ((error: Error) => void) | undefined;
  /** Set by the server; to be called when `state` has changed. */
  onState?: ((state: PubSubState) => void) | undefined;
  /** `open` is assumed when there is none. */
  readonly state?: PubSubState;
  /** Messages that were not sent because too many waited already. */
  readonly dropped?: number;
  /** The server has ended. Sends what waits, if that is soon done; closes what it opened itself. */
  close(): void | Promise<void>;
}

/** `server.pubsub`: how the link to other processes is doing. */
export interface PubSubStatus {
  readonly state: PubSubState;
  /** Topics that other processes' messages are wanted of. */
  readonly topics: number;
  /** Messages handed to the adapter, and those that came from it. */
  readonly published: number;
  readonly received: number;
  /** Messages that the adapter dropped because too many waited. */
  readonly dropped: number;
  readonly errors: number;
  readonly lastError: Error | undefined;
}
