/** What is recorded of a message, and where else it leads. */
import type { Child } from 'hono/jsx';
import { reversePathText } from '../../domain/address.ts';
import { contactLink, documentLink } from '../../domain/erp-links.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { exactTime, sizeText } from './explain.ts';
import { OutLink } from './message-recipient.tsx';
import { ExactTime, Fact, type View } from './parts.tsx';
import { documentPath } from './verdict-words.tsx';

const EVENTS_SHOWN = 500;

export interface DetailsProps {
  readonly view: View;
  readonly detail: MessageDetail;
  readonly links: Pick<ReferenceSettings, 'contactUrl' | 'documentUrl'>;
}

export function Details({ view, detail, links }: DetailsProps) {
  const { t } = view;
  const { message } = detail;
  const { references, headers, client, envelope } = message;
  const tags = Object.entries(references.tags).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const sender = reversePathText(envelope.reversePath);
  return (
    <section class="card aside-card" aria-labelledby="details">
      <h2 id="details">{t.message.details}</h2>
      <dl>
        <Reference
          name={t.message.document}
          value={references.document}
          href={documentPath(references.document ?? '', references.administration)}
        >
          <ErpLink view={view} href={documentLink(links, references)} words={t.messagePage.openDocument} />
        </Reference>
        <Fact name={t.register.fields.documentType} value={references.documentType} />
        <Fact name={t.register.fields.administration} value={references.administration} />
        <Reference name={t.message.contact} value={references.contact} href={allMail('contact', references.contact)}>
          <ErpLink view={view} href={contactLink(links, references)} words={t.messagePage.openContact} />
        </Reference>
        <Reference name={t.message.template} value={references.template} href={allMail('template', references.template)} />
        <Fact name={t.message.tags} value={tags.length === 0 ? null : tags.join(', ')} />
        <Fact name={t.message.class} value={references.class} />
        <Fact name={t.message.account} value={message.account} />
        <Fact name={t.message.accepted} value={exactTime(message.acceptedAt)} />
        <Fact name={t.message.releaseAt} value={message.releaseAt === undefined ? null : exactTime(message.releaseAt)} />
        <Fact name={t.message.size} value={sizeText(message.size)} />
        <Fact name={t.message.id} value={message.id} mono copy={t} />
        <Fact name={t.message.messageId} value={headers.messageId} mono />
        <Fact name={t.message.sender} value={sender === '' ? t.register.nullSender : sender} />
        <Fact
          name={t.message.client}
          value={[client.address, client.helo, client.tls?.version ?? t.message.noTls].filter(Boolean).join(' · ')}
        />
        <Fact name={t.message.origin} value={t.message.origins[message.origin ?? 'smtp']} />
        <Fact name={t.message.envelopeId} value={envelope.envid} mono />
        <Fact name={t.message.sha256} value={message.sha256} mono />
      </dl>
    </section>
  );
}

function allMail(filter: 'contact' | 'template', value: string | null): string {
  return `/messages?${new URLSearchParams({ [filter]: value ?? '' })}`;
}

interface ReferenceProps {
  readonly name: string;
  readonly value: string | null;
  /** Where else there is of it: its page, or all mail with the same. */
  readonly href: string;
  readonly children?: Child;
}

function Reference({ name, value, href, children }: ReferenceProps) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <a href={href}>{value}</a>
      </dd>
      {children}
    </div>
  );
}

/** Nothing where the ERP is not known, or the mail does not say enough. */
function ErpLink({ view: { t }, href, words }: { readonly view: View; readonly href: string | null; readonly words: string }) {
  if (href === null) return null;
  return (
    <dd>
      <OutLink t={t} href={href} words={words} plain />
    </dd>
  );
}

export function Events({ view: { t }, detail }: { readonly view: View; readonly detail: MessageDetail }) {
  return (
    <details class="card events">
      <summary>{`${t.message.events} (${detail.events.length})`}</summary>
      <p class="muted">{t.message.eventsHint}</p>
      <ol>
        {detail.events.slice(0, EVENTS_SHOWN).map((event) => (
          <li>
            <span class="mono">{event.seq}</span>
            <span>
              <code>{event.type}</code> <span class="where">{event.recipient ?? ''}</span>
            </span>
            <span class="muted">
              <ExactTime at={event.at} />
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
