import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../src/domain/envelope.ts';
import { markCopies } from '../../../src/relay/submission/copies.ts';
import { addressOf } from '../../support/recipients.ts';

function copiesOf(recipients: readonly string[], header: string): string[] {
  const envelope: Envelope = {
    reversePath: { kind: 'null' },
    recipients: recipients.map((text) => ({ address: addressOf(text), notify: null, orcpt: null })),
    ret: null,
    envid: null,
    smtputf8: true,
    eightBitMime: false,
  };
  const marked = markCopies(envelope, Buffer.from(`${header.replaceAll('\n', '\r\n')}\r\n\r\n`));
  return marked.recipients.filter(({ copy }) => copy === true).map(({ address }) => address);
}

const THREE = ['ann@a.example', 'bob@b.example', 'cyd@c.example'];

describe('recipients that are sent a copy', () => {
  it.each([
    ['named in Cc, or nowhere', 'To: Ann <ann@a.example>\nCc: bob@b.example', ['bob@b.example', 'cyd@c.example']],
    [
      'not those of folded lines, groups and display names',
      'TO: x: "Ann, A." <ANN@A.example>,\n bob@b.example;\nCc: cyd@c.example',
      ['cyd@c.example'],
    ],
    ['not those of a second To field', 'To: ann@a.example\nSubject: x\nto : bob@b.example', ['cyd@c.example']],
    ['nobody, where To names none of them', 'To: undisclosed-recipients:;', []],
    ['nobody, where To names others', 'To: list@d.example\nCc: bob@b.example', []],
    ['nobody, where there is no To field', 'Subject: To: ann@a.example', []],
    ['nobody, where all are named', 'To: ann@a.example, bob@b.example (Bob), <cyd@c.example>', []],
    ['none that is part of another address', 'To: joann@a.example, bob@b.example.org, cyd@c.example', ['ann@a.example', 'bob@b.example']],
  ])('are %s', (_, header, copies) => {
    expect(copiesOf(THREE, header)).toEqual(copies);
  });

  it('are told whatever form their domain has', () => {
    expect(copiesOf(['ann@bücher.example', 'bob@b.example'], 'To: ann@xn--bcher-kva.example')).toEqual(['bob@b.example']);
    expect(copiesOf(['ann@xn--bcher-kva.example', 'bob@b.example'], 'To: Ann@Bücher.example, x@d.example')).toEqual([]);
    expect(copiesOf(['ann@bücher.example', 'bob@b.example'], 'To: Ann@Bücher.example')).toEqual(['bob@b.example']);
  });

  it('are none of a single recipient, and of a list that is too long', () => {
    expect(copiesOf(['ann@a.example'], 'To: bob@b.example')).toEqual([]);
    expect(copiesOf(THREE, `To: ann@a.example, ${'x@d.example, '.repeat(30_000)}`)).toEqual([]);
  });
});
