/**
 * Microsoft Dynamics 365 Business Central: keeps a table of states that an API page of yours shows.
 *
 *     BC_URL        https://api.businesscentral.dynamics.com/v2.0/TENANT/production/api/contoso/mail/v1.0/companies(ID)/mailStates
 *     BC_TOKEN_URL  https://login.microsoftonline.com/TENANT/oauth2/v2.0/token
 *     BC_CLIENT_ID, BC_CLIENT_SECRET   of an app registration with the permission API.ReadWrite.All
 *     RELAIS_URL, RELAIS_TOKEN
 *     node business-central.mjs [--once]
 *
 * The page's key is `key` (message and recipient's number); its other fields are documentNo, contactNo,
 * recipient, state, category, reply, changedAt and seq. An entry that has a later seq is left alone.
 */
import { follow, relais, required } from './follow.mjs';

let access = { token: '', until: 0 };

async function accessToken() {
  if (Date.now() < access.until) return access.token;
  const answer = await fetch(required('BC_TOKEN_URL'), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: required('BC_CLIENT_ID'),
      client_secret: required('BC_CLIENT_SECRET'),
      scope: 'https://api.businesscentral.dynamics.com/.default',
    }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`the token service: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  const { access_token: token, expires_in: seconds } = await answer.json();
  access = { token, until: Date.now() + (seconds - 60) * 1000 };
  return token;
}

async function businessCentral(url, options = {}) {
  const answer = await fetch(url, {
    ...options,
    headers: { authorization: `Bearer ${await accessToken()}`, 'content-type': 'application/json', ...options.headers },
    signal: AbortSignal.timeout(60_000),
  });
  if (!answer.ok) throw new Error(`Business Central: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  return answer.status === 204 ? null : answer.json();
}

const page = required('BC_URL').replace(/\/$/, '');

async function keep(event) {
  const key = `${event.message}/${event.index}`;
  const { value } = await businessCentral(`${page}?$filter=${encodeURIComponent(`key eq '${key}'`)}`);
  const known = value[0];
  if (known !== undefined && known.seq >= event.seq) return;
  const fields = {
    key,
    documentNo: event.document ?? '',
    contactNo: event.contact ?? '',
    recipient: event.recipient ?? '',
    state: event.state,
    category: event.category ?? '',
    reply: event.reply ? `${event.reply.code} ${event.reply.text}`.slice(0, 250) : '',
    changedAt: event.at,
    seq: event.seq,
  };
  if (known === undefined) await businessCentral(page, { method: 'POST', body: JSON.stringify(fields) });
  else {
    await businessCentral(`${page}(${known.id})`, {
      method: 'PATCH',
      headers: { 'if-match': known['@odata.etag'] ?? '*' },
      body: JSON.stringify(fields),
    });
  }
}

await follow({
  consumer: 'business-central',
  async apply(events) {
    for (const event of events) {
      if (event.state === undefined || event.message === undefined) continue;
      await keep(event);
    }
    const { seq } = events.at(-1);
    console.log(`states up to event ${seq} are in Business Central; ${(await relais('/me')).name} reads them`);
  },
});
