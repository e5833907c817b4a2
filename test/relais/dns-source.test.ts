import { describe, expect, it } from 'vitest';
import type { DnsSource } from '../../src/domain/dns-check.ts';
import { withinTime } from '../../src/relais/dns-source.ts';

describe('a look at the DNS with an end', () => {
  it('fails what is not answered by then, all questions together, and gives what is', async () => {
    const never = new Promise<never>(() => {});
    const dns: DnsSource = {
      resolveTxt: () => never,
      resolveMx: async () => [{ exchange: 'mx.example.com' }],
      resolve4: () => never,
      resolve6: () => never,
      reverse: () => never,
    };
    const bounded = withinTime(dns, 30);
    expect(await bounded.resolveMx('example.com')).toEqual([{ exchange: 'mx.example.com' }]);
    await expect(bounded.resolveTxt('example.com')).rejects.toThrow('no answer in time');
    const started = performance.now();
    await expect(bounded.resolve4('example.com')).rejects.toThrow('no answer in time');
    expect(performance.now() - started).toBeLessThan(25);
  });
});
