/** What channels are called, in events, logs and on the page: who they reach, and no secrets. */
import { createHash } from 'node:crypto';
import type { SignalChannel } from '../domain/signal-rule.ts';

/** Rules that tell the same receiver share a channel, and what is known of it. */
export function channelName(channel: SignalChannel): string {
  switch (channel.kind) {
    case 'webhook':
      // Paths and queries of webhooks often are secrets: the hash tells two of one host apart.
      return `webhook ${hostOf(channel.url)} ${shortHash([channel.url, channel.format ?? 'standard'])}`;
    case 'mail':
      return channel.to.length > 1
        ? `mail ${channel.to[0]} +${channel.to.length - 1} ${shortHash([...channel.to, channel.account])}`
        : `mail ${channel.to[0]}`;
    case 'command':
      return `command ${channel.program} ${shortHash(channel.arguments)}`;
    default:
      return channel satisfies never;
  }
}

function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 6);
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'invalid URL';
}
