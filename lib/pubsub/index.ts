// SPDX-License-Identifier: MIT
//
// `bunserve/pubsub`: adapters for the `pubsub` option of serve(). Clients of the servers behind them
// are the program's own; nothing is loaded that it does not use.

export { cluster, type ClusterOptions } from './cluster.js';
export type { LinkOptions } from './link-adapter.js';
export { nats, type NatsConnection } from './nats.js';
export { postgres, type PostgresClient } from './postgres.js';
export { redis, type RedisClient } from './redis.js';
export type { PubSubAdapter, PubSubKind, PubSubState } from './types.js';
