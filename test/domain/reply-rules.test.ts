import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { replyRulesYaml } from '../../src/config/reply-rules-yaml.ts';
import { compileRules, firstRule, type ReplyRule } from '../../src/domain/reply-rules.ts';
import { SHIPPED_RULES } from '../../src/domain/shipped-rules.ts';

it('ships rules of different names, each of which asks something and says what it means', () => {
  const ids = SHIPPED_RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const rule of SHIPPED_RULES) {
    expect(rule.id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(rule.says.length).toBeGreaterThan(8);
    expect(rule.wording ?? rule.status ?? rule.code, rule.id).toBeDefined();
    // Only who does not exist is dead.
    if (rule.dead === true) expect(['mailbox-unknown', 'domain-unknown'], rule.id).toContain(rule.category);
  }
});

it('publishes them as they are', () => {
  const published = parse(readFileSync('config/reply-rules.yaml', 'utf8')) as unknown[];
  expect(published).toEqual(SHIPPED_RULES.map(({ says: _, ...rule }) => rule));
  expect(replyRulesYaml()).toBe(readFileSync('config/reply-rules.yaml', 'utf8'));
});

it('asks all that a rule asks, and takes the first that fits', () => {
  const rule: ReplyRule = {
    id: 'one',
    says: 'one of many',
    status: ['7.*'],
    code: [550],
    phase: ['rcpt'],
    wording: ['\\bx\\b'],
    unless: ['y'],
    category: 'policy',
  };
  const rules = compileRules([rule, { id: 'two', says: 'the other', class: 'permanent', code: [550, 450], category: 'unknown' }]);
  const decided = (wording: string, status: '5.7.9' | '5.1.1' | null, code = 550, phase: 'rcpt' | 'final' = 'rcpt') =>
    firstRule(rules, { code, status, wording }, phase);
  expect(decided('an X', '5.7.9')).toMatchObject({ rule: { id: 'one' }, matched: 'X' });
  for (const other of [
    decided('an X y', '5.7.9'),
    decided('z', '5.7.9'),
    decided('x', '5.1.1'),
    decided('x', null),
    decided('x', '5.7.9', 550, 'final'),
  ]) {
    expect(other).toMatchObject({ rule: { id: 'two' }, matched: '550' });
  }
  expect(decided('x', '5.7.9', 450)).toBeUndefined();
});
