import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { loadConfig, machine } from '../../src/config/index.ts';
import { readOwnRules } from '../../src/config/own-rules.ts';
import { classifyReply, readReply, useOwnRules } from '../../src/domain/reply.ts';

afterEach(() => useOwnRules(null));

function own(text: string) {
  const read = readOwnRules(text);
  if (!('own' in read)) throw new Error(read.mistakes.join('\n'));
  return read.own;
}

const reply = (text: string, status: '5.1.1' | null = null) => ({ code: 550, status, text });

it('asks own rules first, word for word, and leaves out shipped ones that they name', () => {
  useOwnRules(
    own('rules: [{id: pensioned, phrases: ["has been * off (paid)"], category: mailbox-unknown, dead: true}]\nwithout: [spam]\n'),
  );
  expect(classifyReply(reply('Ann has been struck off (paid)'), 'rcpt')).toMatchObject({
    category: 'mailbox-unknown',
    addressInvalid: true,
  });
  expect(readReply(reply('has been off (paid)'), 'final').decision?.rule.id).not.toBe('pensioned');
  expect(readReply(reply('antispam says no'), 'final').category).toBe('unknown');
  useOwnRules(null);
  expect(readReply(reply('antispam says no'), 'final').category).toBe('spam');
});

it('lets an own rule beat an unmistakable shipped one', () => {
  useOwnRules(own('rules: [{id: kept, phrases: [user unknown], status: ["1.1"], category: policy}]'));
  expect(classifyReply(reply('User unknown', '5.1.1'), 'rcpt')).toMatchObject({ category: 'policy', addressInvalid: false });
  expect(readReply(reply('User unknowns', '5.1.1'), 'rcpt').category).toBe('mailbox-unknown');
});

it.each([
  ['rules: [{id: A, phrases: [xx], category: policy}]', 'rules[0].id: small letters'],
  ['rules: [{id: a, phrases: [xx], category: nice}]', 'rules[0].category: '],
  ['rules: [{id: a, category: policy}]', 'it asks nothing'],
  ['rules: [{id: a, phrases: [xx], category: mailbox-unknown, certain: true}]', 'rules[0].certain: only with dead: true'],
  ['rules: [{id: a, phrases: [xx], category: policy, dead: true}]', 'rules[0].dead: only with category'],
  ['rules: [{id: a, phrases: ["* * *"], category: policy}]', 'at most two *'],
  ['rules: [{id: a, status: [five], category: policy}]', 'rules[0].status[0]: a status such as'],
  ['rules: [{id: a, phrases: [xx], category: policy, wording: [x]}]', 'wording'],
  ['rules: [{id: spam, phrases: [xx], category: policy}]', 'rules[0].id: spam is taken'],
  ['rules: [{id: a, code: [550], category: policy}, {id: a, code: [551], category: policy}]', 'rules[1].id: a is taken'],
  ['without: [nothing-like-it]', 'without[0]: '],
  ['rules: [', 'no YAML: '],
])('refuses %s', (text, mistake) => {
  const read = readOwnRules(text);
  expect('mistakes' in read ? read.mistakes.join('\n') : '').toContain(mistake);
});

it('takes no time over phrases made to take it', () => {
  useOwnRules(own('rules: [{id: slow, phrases: ["a * a * b"], category: policy}]'));
  const began = performance.now();
  readReply(reply('a '.repeat(500)), 'final');
  expect(performance.now() - began).toBeLessThan(200);
});

it('is read with the configuration, whose mistakes name the file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'own-rules-'));
  try {
    writeFileSync(join(dir, 'relais.yaml'), 'routes: [{via: hold}]\nreports: {rules: own.yaml}\n');
    expect(() => loadConfig(join(dir, 'relais.yaml'), machine())).toThrow(/own\.yaml cannot be read \(ENOENT\)/);
    writeFileSync(join(dir, 'own.yaml'), 'without: [spam]\n');
    expect(loadConfig(join(dir, 'relais.yaml'), machine()).config.reports.ownRules).toEqual({ without: ['spam'], rules: [] });
    writeFileSync(join(dir, 'own.yaml'), 'without: [spam]\nrules: [{id: a}]\n');
    expect(() => loadConfig(join(dir, 'relais.yaml'), machine())).toThrow(/own\.yaml: rules\[0\]\.category/);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
