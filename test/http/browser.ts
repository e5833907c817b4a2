/** A person before the pages: signed in, with the forms as the pages send them. */
import { LOCAL_TOKEN, type Room } from './harness.ts';

export async function signedIn(room: Room, token = LOCAL_TOKEN): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const answer = await room.app.request('/sign-in', {
    method: 'POST',
    headers: { host: 'localhost' },
    body: new URLSearchParams({ token }).toString(),
  });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return (path, init = {}) =>
    Promise.resolve(
      room.app.request(path, {
        ...init,
        headers: { host: 'localhost', accept: 'text/html', cookie, ...(init.headers as Record<string, string>) },
      }),
    );
}

export const text = async (answer: Response | Promise<Response>): Promise<string> => (await answer).text();

/** Sends a form as the page would. */
export async function formSender(
  room: Room,
  token = LOCAL_TOKEN,
): Promise<(path: string, fields: Record<string, string | string[]>, csrf?: string) => Promise<Response>> {
  const get = await signedIn(room, token);
  const own = /name="csrf" value="([^"]+)"/.exec(await text(get('/docs')))?.[1] ?? '';
  return (path, fields, csrf = own) => {
    const body = new URLSearchParams({ csrf });
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    return get(path, { method: 'POST', body: body.toString() });
  };
}
