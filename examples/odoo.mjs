/**
 * Odoo: writes onto the record that a mail was about (an invoice, an order) that it was not delivered.
 *
 *     ODOO_URL      https://odoo.example.com
 *     ODOO_DB, ODOO_USER, ODOO_KEY   database, login, and an API key of that user
 *     RELAIS_URL, RELAIS_TOKEN
 *     node odoo.mjs [--once]
 *
 * Odoo names the record of a mail in `X-Odoo-Objects` (account.move-123); the profile `odoo` of relais makes
 * it the document. The note carries the event's number, by which a repeated event is known.
 */
import { follow, required, sentence, TROUBLE } from './follow.mjs';

let calls = 0;

/** One call of Odoo's JSON-RPC; throws what Odoo says is wrong. */
async function odoo(service, method, args) {
  const answer = await fetch(`${required('ODOO_URL').replace(/\/$/, '')}/jsonrpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: ++calls, method: 'call', params: { service, method, args } }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!answer.ok) throw new Error(`Odoo: ${answer.status}`);
  const { result, error } = await answer.json();
  if (error) throw new Error(`Odoo: ${error.data?.message ?? error.message}`);
  return result;
}

const db = required('ODOO_DB');
const key = required('ODOO_KEY');
const uid = await odoo('common', 'authenticate', [db, required('ODOO_USER'), key, {}]);
if (!uid) throw new Error('Odoo: login or API key is wrong');
const execute = (model, method, args, named = {}) => odoo('object', 'execute_kw', [db, uid, key, model, method, args, named]);

await follow({
  consumer: 'odoo',
  types: TROUBLE,
  async apply(events) {
    for (const event of events) {
      const [, model, id] = /^([a-z][\w.]*)-(\d+)$/.exec(event.document ?? '') ?? [];
      if (model === undefined) continue; // not about a record
      const mark = `[relais ${event.seq}]`;
      const known = await execute('mail.message', 'search_count', [
        [
          ['model', '=', model],
          ['res_id', '=', Number(id)],
          ['body', 'ilike', mark],
        ],
      ]);
      if (known > 0) continue;
      await execute(model, 'message_post', [[Number(id)]], { body: `${sentence(event)} ${mark}`, message_type: 'comment' });
      console.log(`${model} ${id}: ${sentence(event)}`);
    }
  },
});
