/** What is recorded of a message, and where else it leads. */
import { reversePathText } from '../../domain/address.ts';
import { contactLink, documentLink } from '../../domain/erp-links.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { exactTime, sizeText } from './explain.ts';
import { OutLink } from './message-recipient.tsx';
import { ExactTime, Fact, type View } from './parts.tsx';

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
          view={view}
          name={t.message.document}
          value={references.document}
          filter="document"
          erp={documentLink(links, references)}
          words={t.messagePage.openDocument}
        />
        <Reference
          view={view}
          name={t.message.contact}
          value={references.contact}
          filter="contact"
          erp={contactLink(links, references)}
          words={t.messagePage.openContact}
        />
        <Reference view={view} name={t.message.template} value={references.template} filter="template" erp={null} words="" />
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

interface ReferenceProps {
  readonly view: View;
  readonly name: string;
  readonly value: string | null;
  readonly filter: 'document' | 'contact' | 'template';
  /** Its page in the ERP. */
  readonly erp: string | null;
  readonly words: string;
}

/** Leads to all mail with the same, and to the ERP. */
function Reference({ view: { t }, name, value, filter, erp, words }: ReferenceProps) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <a href={`/messages?${new URLSearchParams({ [filter]: value })}`}>{value}</a>
      </dd>
      {erp === null ? null : (
        <dd>
          <OutLink t={t} href={erp} words={words} plain />
        </dd>
      )}
    </div>
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
