/** Mappings and lists of the configuration file, with errors that say what they take. */
import { z } from 'zod';

/** A mapping; its error names the keys it knows. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, { error: `a mapping with the keys ${Object.keys(shape).join(', ')}` });
}

export function list<T extends z.ZodType>(item: T, min = 0) {
  const error = min > 0 ? 'a list with at least one entry' : 'a list';
  return z.array(item, { error }).min(min, { error });
}

/** Of several keys exactly one is to be there. */
export function assertOneOf(keys: readonly string[]) {
  return (value: object, context: z.RefinementCtx): void => {
    const given = keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined);
    if (given.length !== 1) context.addIssue({ code: 'custom', message: `exactly one of ${keys.join(', ')}` });
  };
}
