/** Signals as chats take them: their shapes, and that nothing of a mail is taken for markup. */
import { describe, expect, it } from 'vitest';
import { chatBody } from '../../src/signals/chat.ts';
import { toldBy } from '../../src/signals/told.ts';

const example = (address: string, subject: string) => ({
  message: { id: '01K', subject, document: 'INV-1', contact: null },
  recipient: { address, failure: { reply: { code: 550, text: 'no <!channel> *here*' } } },
});
const body = JSON.stringify({
  type: 'signal.raised',
  timestamp: '2026-11-24T00:00:00Z',
  data: {
    rule: 'sending failed',
    reason: 'raised',
    title: 'partner.example refuses our mail – 312 recipients',
    signal: { count: 312, openedAt: '2026-11-24T00:00:00Z' },
    examples: [
      example('ann@partner.example', '<https://evil.example|Click> @here [x](http://evil.example) & more'),
      example('bob@partner.example', 'b'),
    ],
    links: { signal: 'https://relay.example/signals/S', message: 'https://relay.example/messages/01K' },
  },
});
const told = (text = body) => toldBy(text, 'en', 'https://relay.example');

describe('chat bodies', () => {
  it('Slack: text for notifications, blocks, a button; its control characters escaped', () => {
    const sent = JSON.parse(chatBody(told(), 'slack')) as {
      text: string;
      blocks: { type: string; text?: { text: string }; elements?: unknown[] }[];
    };
    expect(sent.text).toBe('partner.example refuses our mail – 312 recipients');
    expect(sent.blocks.map(({ type }) => type)).toEqual(['section', 'section', 'actions']);
    const text = sent.blocks[1]?.text?.text ?? '';
    expect(text).toContain('&lt;https://evil.example|Click&gt; @here');
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).toContain('<https://relay.example/messages/01K|ann@partner.example>');
    expect(text).toContain('and 310 more');
    expect(sent.blocks[2]?.elements).toMatchObject([{ type: 'button', url: 'https://relay.example/signals/S' }]);
  });

  it('Mattermost: an attachment with fallback and title link; Markdown escaped', () => {
    const sent = JSON.parse(chatBody(told(), 'mattermost')) as { attachments: [{ fallback: string; title_link: string; text: string }] };
    expect(sent.attachments[0]).toMatchObject({
      fallback: 'partner.example refuses our mail – 312 recipients',
      title_link: 'https://relay.example/signals/S',
    });
    expect(sent.attachments[0].text).toContain('\\[x\\]\\(http\\://evil\\.example\\)');
    expect(sent.attachments[0].text).not.toMatch(/@here/);
  });

  it('Teams: an adaptive card, its text blocks escaped', () => {
    const sent = JSON.parse(chatBody(told(), 'teams')) as {
      type: string;
      attachments: [{ contentType: string; content: { type: string; version: string; body: { text: string }[]; actions: unknown[] } }];
    };
    expect(sent.type).toBe('message');
    expect(sent.attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive');
    const { content } = sent.attachments[0];
    expect([content.type, content.version]).toEqual(['AdaptiveCard', '1.4']);
    expect(content.body[1]?.text).toContain('\\[x\\]\\(http://evil.example\\)');
    expect(content.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Open in the dashboard', url: 'https://relay.example/signals/S' }]);
  });

  it('says that it is over', () => {
    const closed = JSON.parse(body) as { data: Record<string, unknown> };
    Object.assign(closed.data, { reason: 'closed', signal: { count: 2, closed: { why: 'resolved' } } });
    const sent = chatBody(told(JSON.stringify(closed)), 'slack');
    expect(sent).toContain('✅');
    expect(sent).toContain('All of it has gone through since.');
  });

  it('of an erased message says that it is', () => {
    const erased = JSON.stringify({ type: 'recipient.failed', timestamp: '', data: { event: { seq: 1 }, message: null, recipient: null } });
    for (const format of ['slack', 'mattermost', 'teams'] as const) expect(chatBody(told(erased), format)).toContain('has been erased');
  });
});
