/** What is in a message: its looks in a sandboxed frame, its text, its files, its source. Opened by whoever asks, and put on record. */

import { fileJson } from '../api/message-parts.ts';
import type { MailOutline } from '../content/outline.ts';
import type { SourceHead } from '../content/slices.ts';
import { sizeText } from './explain.ts';
import { Icon } from './icons.tsx';
import type { View } from './parts.tsx';

export const CONTENT_TABS = ['preview', 'text', 'attachments', 'source'] as const;
export type ContentTab = (typeof CONTENT_TABS)[number];

/** What a tab shows. `closed`: nothing was asked for. */
export type Shown =
  | { readonly tab: 'preview' }
  | { readonly tab: 'text' | 'attachments'; readonly outline: MailOutline }
  | { readonly tab: 'source'; readonly source: SourceHead }
  | { readonly tab: 'unreadable' }
  | { readonly tab: 'closed' };

export interface ContentProps {
  readonly view: View;
  readonly id: string;
  readonly shown: Shown;
}

export function asContentTab(text: string | undefined): ContentTab | undefined {
  return CONTENT_TABS.find((tab) => tab === text);
}

/** A tab is a link; a script fetches this part of the page alone. */
export function Content({ view, id, shown }: ContentProps) {
  const { content } = view.t.messagePage;
  const path = `/messages/${id}`;
  const renew = { 'hx-target': '#mail', 'hx-swap': 'outerHTML', 'hx-push-url': 'true' };
  return (
    <section class="card mail" id="mail" aria-labelledby="mail-title">
      <div class="mail-head">
        <h2 id="mail-title">{content.title}</h2>
        <nav class="tabs" aria-labelledby="mail-title">
          {CONTENT_TABS.map((tab) => (
            <a
              href={`${path}?show=${tab}#mail`}
              hx-get={`${path}?show=${tab}`}
              {...renew}
              aria-current={shown.tab === tab ? 'true' : undefined}
            >
              {content.tabs[tab]}
            </a>
          ))}
        </nav>
        {shown.tab === 'closed' ? null : (
          <a class="button quiet" href={`${path}#mail`} hx-get={`${path}?show=none`} {...renew} hx-push-url={path}>
            {content.close}
          </a>
        )}
      </div>
      <Panel view={view} id={id} shown={shown} />
    </section>
  );
}

function Panel({ view, id, shown }: ContentProps) {
  const { content } = view.t.messagePage;
  switch (shown.tab) {
    case 'closed':
      return <p class="muted">{content.lead}</p>;
    case 'unreadable':
      return (
        <p class="notice" role="alert">
          {content.unreadable}
        </p>
      );
    case 'preview':
      // No script runs in it, it has no origin of its own, and leads nowhere.
      return <iframe class="mail-frame" src={`/api/v1/messages/${id}/preview`} sandbox="" title={content.frame} />;
    case 'text':
      return <Text view={view} outline={shown.outline} />;
    case 'attachments':
      return <Files view={view} id={id} outline={shown.outline} />;
    case 'source':
      return <Source view={view} source={shown.source} />;
    default:
      return shown satisfies never;
  }
}

function Text({ view: { t }, outline }: { readonly view: View; readonly outline: MailOutline }) {
  const { texts, incomplete } = outline;
  return (
    <>
      {texts.length === 0 ? <p class="muted">{t.messagePage.content.noText}</p> : null}
      {texts.map(({ text, cut }) => (
        <>
          <Scrolling name={t.messagePage.content.tabs.text} kind="mail-text" text={text} />
          {cut ? <p class="muted">{t.preview.cut}</p> : null}
        </>
      ))}
      {incomplete === null ? null : <p class="warn">{t.preview.incomplete}</p>}
    </>
  );
}

interface FilesProps extends Pick<ContentProps, 'view' | 'id'> {
  readonly outline: MailOutline;
}

function Files({ view: { t }, id, outline }: FilesProps) {
  const { content } = t.messagePage;
  const files = outline.files.map(fileJson);
  return (
    <>
      {files.length === 0 ? <p class="muted">{content.noFiles}</p> : null}
      <ul class="files">
        {files.map(({ number, name, contentType, size, inline }) => (
          <li>
            <span class="file-kind" aria-hidden="true">
              {ending(name)}
            </span>
            <span class="file-name">
              <b>{name}</b>
              <span class="muted">{[contentType, sizeText(size), inline ? content.inline : null].filter(Boolean).join(' · ')}</span>
            </span>
            <a class="button" href={`/api/v1/messages/${id}/attachments/${number}`} download={name} aria-label={content.keep(name)}>
              <Icon name="download" />
              {content.save}
            </a>
          </li>
        ))}
      </ul>
      {outline.incomplete === null ? null : <p class="warn">{t.preview.incomplete}</p>}
    </>
  );
}

/** Text that scrolls by itself: it takes the focus, so that it can be reached without a mouse (WCAG 2.1.1). */
function Scrolling({ name, kind, text }: { readonly name: string; readonly kind: string; readonly text: string }) {
  return (
    <section class={kind} tabindex={0} aria-label={name}>
      <pre>{text}</pre>
    </section>
  );
}

function ending(name: string): string {
  const dot = name.lastIndexOf('.');
  const end = dot > 0 ? name.slice(dot + 1) : '';
  return /^[a-z0-9]{1,4}$/i.test(end) ? end.toUpperCase() : '…';
}

function Source({ view: { t }, source }: { readonly view: View; readonly source: SourceHead }) {
  return (
    <>
      <Scrolling name={t.messagePage.content.tabs.source} kind="mail-source" text={source.text} />
      {source.cut ? <p class="muted">{t.messagePage.content.sourceCut(sizeText(SOURCE_LIMIT), sizeText(source.size))}</p> : null}
    </>
  );
}

/** Octets of the source that the page shows. */
export const SOURCE_LIMIT = 128 * 1024;
