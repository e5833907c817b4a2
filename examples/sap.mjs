/**
 * SAP S/4HANA or ECC with SAP Gateway: posts the states to an OData service of yours.
 *
 *     SAP_URL       https://sap.example.com/sap/opu/odata/sap/ZRELAIS_SRV/MailStates
 *     SAP_USER, SAP_PASSWORD
 *     RELAIS_URL, RELAIS_TOKEN
 *     node sap.mjs [--once]
 *
 * Gateway wants a CSRF token and the session's cookie with each change. The entity's key is Message and
 * RecipientNo; the service keeps the one with the higher Seq, so that a repeated event changes nothing.
 * A system that can not be called takes files: `synchronisation.files` of the configuration, `format: csv`.
 */
import { follow, required } from './follow.mjs';

const url = required('SAP_URL');
const authorization = `Basic ${Buffer.from(`${required('SAP_USER')}:${required('SAP_PASSWORD')}`).toString('base64')}`;
let session = null;

async function openSession() {
  const answer = await fetch(url.replace(/[^/]+$/, ''), {
    headers: { authorization, 'x-csrf-token': 'Fetch', accept: 'application/json' },
    signal: AbortSignal.timeout(60_000),
  });
  const token = answer.headers.get('x-csrf-token');
  if (!answer.ok || token === null) throw new Error(`SAP: ${answer.status}, no CSRF token`);
  const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
  return { 'x-csrf-token': token, cookie: cookie.join('; ') };
}

async function post(entity, again = true) {
  session ??= await openSession();
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization, accept: 'application/json', 'content-type': 'application/json', ...session },
    body: JSON.stringify(entity),
    signal: AbortSignal.timeout(60_000),
  });
  if (answer.status === 403 && again && answer.headers.get('x-csrf-token')?.toLowerCase() === 'required') {
    session = null; // it was over
    return post(entity, false);
  }
  if (!answer.ok) throw new Error(`SAP: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
}

await follow({
  consumer: 'sap',
  async apply(events) {
    for (const event of events) {
      if (event.state === undefined || event.message === undefined) continue;
      await post({
        Message: event.message,
        RecipientNo: event.index,
        Seq: String(event.seq),
        Document: event.document ?? '',
        Partner: event.contact ?? '',
        Recipient: event.recipient ?? '',
        State: event.state,
        Category: event.category ?? '',
        Reply: event.reply ? `${event.reply.code} ${event.reply.text}`.slice(0, 220) : '',
        ChangedAt: event.at,
      });
    }
    console.log(`${events.length} events, up to ${events.at(-1).seq}`);
  },
});
