/** The rules of replies as they are published, config/reply-rules.yaml, written from the table of the domain. */
import { stringify } from 'yaml';
import type { ReplyRule } from '../domain/reply-rules.ts';
import { SHIPPED_RULES } from '../domain/shipped-rules.ts';

const HEAD = `# What servers mean by their replies: the rules that relais ships, in their order. The first one that
# fits decides. Written from src/domain/shipped-rules.ts (node scripts/publish-config.mjs): to be read,
# not edited. docs/REPLY-RULES.md says what each key asks, and how a rule that decided is found.
#
# wording, unless: regular expressions, upper and lower case alike, read without the addresses in the
# text. status: RFC 3463, its class left out. class: of the reply code. dead: the address itself is
# dead, where the reply is a failure. certain: also where a report tells of a refusal after DATA.
# ownFault: it concerns us, whoever the recipient is.
`;

export function replyRulesYaml(rules: readonly ReplyRule[] = SHIPPED_RULES): string {
  return HEAD + rules.map(entry).join('');
}

function entry({ says, ...rule }: ReplyRule): string {
  return `\n# ${says}\n${stringify([rule], { lineWidth: 0, defaultStringType: 'PLAIN' })}`;
}
