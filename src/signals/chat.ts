/**
 * A signal as incoming webhooks of chats take it: Slack (blocks), Mattermost (attachments), Microsoft
 * Teams (an adaptive card, as its workflows take it). Text from mail is escaped as each of them asks,
 * so that a subject can not mention anybody or pose as a link. Pure.
 */
import type { WebhookFormat } from '../domain/signal-rule.ts';
import type { Told, ToldItem } from './told.ts';

const ITEMS = 5;
/** Slack takes 3000 characters in a section. */
const TEXT_LIMIT = 2900;

export function chatBody(told: Told, format: Exclude<WebhookFormat, 'standard'>): string {
  switch (format) {
    case 'slack':
      return JSON.stringify(slack(told));
    case 'mattermost':
      return JSON.stringify(mattermost(told));
    case 'teams':
      return JSON.stringify(teams(told));
    default:
      return format satisfies never;
  }
}

function linesOf(told: Told, item: (item: ToldItem) => string, plain: (text: string) => string): string {
  const { items, more, words, text } = told;
  const hidden = more + Math.max(0, items.length - ITEMS);
  const lines = [...text.map(plain), ...items.slice(0, ITEMS).map(item), ...(hidden > 0 ? [plain(words.andMore(hidden))] : [])];
  return lines.join('\n').slice(0, TEXT_LIMIT);
}

// ── Slack ──

function slack(told: Told): object {
  const { title, words, links } = told;
  const text = slackText(title);
  const lines = linesOf(told, slackItem, slackText);
  const target = links.signal ?? links.message;
  return {
    text,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `${told.good ? '✅' : '⚠️'} *${text}*` } },
      ...(lines === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: lines } }]),
      ...(target === undefined
        ? []
        : [{ type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: words.open }, url: target }] }]),
    ],
  };
}

/** `&`, `<` and `>` are all that Slack reads as markup of links and mentions; the marks of emphasis are taken apart. */
function slackText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[*_~`]/g, (mark) => `${mark}\u200b`);
}

function slackItem({ name, lines, link }: ToldItem): string {
  const shown = link === null ? slackText(name) : `<${link}|${slackText(name)}>`;
  return `• ${[shown, ...lines.map(slackText)].join(' · ')}`;
}

// ── Mattermost ──

function mattermost(told: Told): object {
  const { title, links, good } = told;
  const target = links.signal ?? links.message;
  return {
    text: '',
    attachments: [
      {
        fallback: title,
        color: good ? '#2e7d4f' : '#b3401f',
        title: markdown(title),
        ...(target === undefined ? {} : { title_link: target }),
        text: linesOf(told, markdownItem, markdown),
      },
    ],
  };
}

/** CommonMark; `@` and `~` mention people and channels in Mattermost. */
function markdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~@:]/g, (mark) => (mark === '@' || mark === '~' ? `${mark}\u200b` : `\\${mark}`));
}

function markdownItem({ name, lines, link }: ToldItem): string {
  const shown = link === null ? markdown(name) : `[${markdown(name)}](${link})`;
  return `- ${[shown, ...lines.map(markdown)].join(' · ')}`;
}

// ── Teams ──

function teams(told: Told): object {
  const { title, text, items, more, words, links, good } = told;
  const target = links.signal ?? links.message;
  const hidden = more + Math.max(0, items.length - ITEMS);
  const block = (content: string, extra: object = {}): object => ({ type: 'TextBlock', text: cardText(content), wrap: true, ...extra });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(title, { weight: 'Bolder', size: 'Medium', color: good ? 'Good' : 'Attention' }),
            ...text.map((sentence) => block(sentence)),
            ...items.slice(0, ITEMS).map(({ name, lines }) => block([name, ...lines].join(' · '))),
            ...(hidden > 0 ? [block(words.andMore(hidden), { isSubtle: true })] : []),
          ],
          ...(target === undefined ? {} : { actions: [{ type: 'Action.OpenUrl', title: words.open, url: target }] }),
        },
      },
    ],
  };
}

/** Text blocks read a part of Markdown: links, lists, emphasis. */
function cardText(text: string): string {
  return text.replace(/[\\`*_[\]()#]/g, (mark) => `\\${mark}`).replace(/^(\s*)([-+]|\d+\.)(\s)/, '$1\\$2$3');
}
