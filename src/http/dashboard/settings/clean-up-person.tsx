/** A person who asks to be forgotten: what is kept of their address, erasing it, and the certificates of what was done. */
import type { SubjectErasureAnswer, SubjectErasureCounts, SubjectErasureRecord } from '../../../domain/subject-erasure.ts';
import type { ErasureWork } from '../../erasing.ts';
import { ClockTime, type View } from '../parts.tsx';
import { Sentences } from './clean-up.tsx';
import { Field } from './clean-up-holds.tsx';

/** What the form brought about. */
export interface PersonAnswer {
  readonly address: string;
  readonly fault: string | null;
  readonly answer: SubjectErasureAnswer | null;
}

const SHOWN = 10;

interface PersonProps {
  readonly view: View;
  readonly person: PersonAnswer | null;
  readonly work: ErasureWork | null;
  /** Newest first. */
  readonly certificates: readonly SubjectErasureRecord[];
  readonly csrf: string;
}

export function PersonCard({ view, person, work, certificates, csrf }: PersonProps) {
  const words = view.t.cleanUp.person;
  const running = work !== null && work.answer === null && work.error === null;
  return (
    <section class="card part" id="person">
      <h2>{words.title}</h2>
      <p class="muted">{words.lead}</p>
      {running ? <p role="status">{words.underWay}</p> : null}
      {work?.error ? <p class="fault">{words.failed(work.error)}</p> : null}
      <form method="post" action="/settings/clean-up/person" class="person-form">
        <input type="hidden" name="csrf" value={csrf} />
        <Field
          id="person-address"
          name="address"
          label={words.address}
          value={person?.address ?? ''}
          fault={person?.fault ?? undefined}
          required
        />
        <button class="button" type="submit">
          {words.look}
        </button>
      </form>
      {person?.answer ? <Found view={view} address={person.address} answer={person.answer} csrf={csrf} /> : null}
      {certificates.length === 0 ? null : (
        <>
          <h3>{words.certificates}</h3>
          <ul class="certificates">
            {certificates.slice(0, SHOWN).map((record) => (
              <Certificate view={view} record={record} />
            ))}
          </ul>
          <p class="muted small">{words.backups}</p>
        </>
      )}
    </section>
  );
}

interface FoundProps {
  readonly view: View;
  readonly address: string;
  readonly answer: SubjectErasureAnswer;
  readonly csrf: string;
}

function Found({ view, address, answer, csrf }: FoundProps) {
  const words = view.t.cleanUp.person;
  if (answer.kind === 'erased') {
    return (
      <div class="found" role="status">
        <p>{words.done}</p>
        <Sentences items={words.did(answer.record.counts, String)} />
        <p class="mono">{answer.record.pseudonym}</p>
      </div>
    );
  }
  const { counts } = answer;
  return (
    <div class="found" role="status">
      <h3>{words.wouldTitle(address)}</h3>
      {isNothing(counts) ? <p>{words.nothing}</p> : <Sentences items={words.would(counts, String)} />}
      {isNothing(counts) ? null : (
        <form method="post" action="/settings/clean-up/person">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="address" value={address} />
          {counts.pending === 0 ? null : (
            <>
              <p>{words.pending(counts.pending)}</p>
              <label class="check">
                <input type="checkbox" name="force" value="true" required /> {words.force}
              </label>
            </>
          )}
          <button class="button danger solid" type="submit" name="erase" value="true">
            {words.erase}
          </button>
        </form>
      )}
    </div>
  );
}

function isNothing({ erased, rewritten, reports, records, held }: SubjectErasureCounts): boolean {
  return erased + rewritten + reports + records + held === 0;
}

function Certificate({ view, record }: { readonly view: View; readonly record: SubjectErasureRecord }) {
  const words = view.t.cleanUp.person;
  const { id, pseudonym, endedAt, by, counts, unfinished } = record;
  return (
    <li>
      <p>
        <ClockTime view={view} at={endedAt} /> <span class="muted">{by ?? ''}</span>
      </p>
      <p class="mono small">{pseudonym}</p>
      <p class="muted small">
        {words.did(counts, String).slice(0, 2).join(' · ')}
        {unfinished.length === 0 ? '' : ` · ${words.unfinished(unfinished.length)}`}
      </p>
      <p class="visually-hidden">{id}</p>
    </li>
  );
}
