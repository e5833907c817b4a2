/**
 * AFAS Profit: a dossier item at the contact whose mail was not delivered, over the REST services.
 *
 *     AFAS_URL      https://12345.rest.afas.online/profitrestservices
 *     AFAS_TOKEN    token of an app connector that may use the update connector KnSubject
 *     AFAS_SUBJECT_TYPE   number of the dossier item's type
 *     RELAIS_URL, RELAIS_TOKEN
 *     node afas.mjs [--once]
 *
 * The contact is the organisation's or person's code (BcCo), as the mail says by X-Relais-Contact. The
 * item's external reference is the event's number: a get connector with it (AFAS_GET, optional) keeps a
 * repeated event from making a second item.
 */
import { follow, required, sentence, TROUBLE } from './follow.mjs';

const base = required('AFAS_URL').replace(/\/$/, '');
const token = Buffer.from(`<token><version>1</version><data>${required('AFAS_TOKEN')}</data></token>`).toString('base64');

async function afas(path, options = {}) {
  const answer = await fetch(`${base}/connectors/${path}`, {
    ...options,
    headers: { authorization: `AfasToken ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(60_000),
  });
  if (!answer.ok) throw new Error(`AFAS ${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

async function isKnown(reference) {
  const connector = process.env['AFAS_GET'];
  if (!connector) return false;
  const { rows } = await afas(`${connector}?filterfieldids=Reference&filtervalues=${encodeURIComponent(reference)}&operatortypes=1&take=1`);
  return rows.length > 0;
}

await follow({
  consumer: 'afas',
  types: TROUBLE,
  async apply(events) {
    for (const event of events) {
      if (!event.contact) continue;
      const reference = `relais-${event.seq}`;
      if (await isKnown(reference)) continue;
      const about = event.document ? `${event.document}: ` : '';
      await afas('KnSubject', {
        method: 'POST',
        body: JSON.stringify({
          KnSubject: {
            Element: {
              Fields: {
                StId: Number(required('AFAS_SUBJECT_TYPE')),
                Ds: `${about}mail not delivered`,
                SbTx: sentence(event),
                Rf: reference,
              },
              Objects: [{ KnSubjectLink: { Element: { Fields: { ToBC: true, BcCo: event.contact } } } }],
            },
          },
        }),
      });
      console.log(`${event.contact}: ${about}${sentence(event)}`);
    }
  },
});
