/** Work that may take longer than a call is to wait for it. */

/** A call is answered within, whatever there is to do. */
export const ANSWERED_WITHIN = 20_000;

/** What the work gives; undefined where it takes longer: it goes on, and what it throws then is told to `failed`. */
export async function within<T>(work: Promise<T>, failed: (error: unknown) => void, ms = ANSWERED_WITHIN): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    const first = await Promise.race([work, late]);
    if (first === undefined) work.catch(failed);
    return first;
  } finally {
    clearTimeout(timer);
  }
}
