/** English. */
import { reasonsAndAdvice, type Wording } from '../wording.ts';

const AGAIN_LATER = 'Send the message again later, or reach the recipient in another way.';
const ASK_IT = 'Show this report to the person who looks after your mail; sending again will hardly help.';

export const en: Wording = {
  locale: 'en-GB',
  from: 'Mail delivery',
  subject: {
    failed: 'Not delivered',
    correction: 'Not delivered after all',
    delayed: 'Delayed',
    delivered: 'Delivered',
    relayed: 'Passed on',
    expanded: 'Passed on to a list',
  },
  separator: ': ',
  noSubject: '(no subject)',
  intro: {
    failed: ['Your message could not be delivered to this recipient:', 'Your message could not be delivered to these recipients:'],
    correction: [
      'An earlier report said that your message was on its way to this recipient. It has come back since, and was not delivered:',
      'An earlier report said that your message was on its way to these recipients. It has come back since, and was not delivered:',
    ],
    delayed: [
      'Your message has not reached this recipient yet. It is still being tried:',
      'Your message has not reached these recipients yet. It is still being tried:',
    ],
    delivered: ['Your message was delivered to this recipient:', 'Your message was delivered to these recipients:'],
    relayed: [
      'Your message was handed to the next mail server for this recipient. That server does not confirm delivery, so this is all that can be said; if it comes back, you will be told:',
      'Your message was handed to the next mail server for these recipients. That server does not confirm delivery, so this is all that can be said; if it comes back, you will be told:',
    ],
    expanded: [
      'Your message reached this address, which passes it on to several others:',
      'Your message reached these addresses, which pass it on to several others:',
    ],
  },
  ...reasonsAndAdvice({
    'mailbox-unknown': [
      'The mailbox does not exist.',
      'Check the address for typing mistakes, or ask the recipient for the right one; then send the message again.',
    ],
    'domain-unknown': [
      'The part of the address after the @ does not exist, or takes no mail.',
      'Check the address for typing mistakes, or ask the recipient for the right one; then send the message again.',
    ],
    'mailbox-full': ['The mailbox is full.', 'Tell the recipient in another way, and send the message again when there is room.'],
    'mailbox-disabled': ['The mailbox is switched off.', 'Ask the recipient for another address; then send the message again.'],
    'too-big': [
      'The message is too big for the recipient’s mail server.',
      'Send it with smaller attachments, or give the recipient a link to them.',
    ],
    blocked: ['The recipient’s mail server refuses mail from our servers.', ASK_IT],
    auth: ['The recipient’s mail server could not verify that the message really comes from your address.', ASK_IT],
    spam: ['The recipient’s mail server took the message for unwanted advertising.', ASK_IT],
    virus: [
      'The recipient’s mail server took the message, or an attachment, for harmful.',
      'Check the attachments, and send the message again without those in doubt.',
    ],
    policy: ['The recipient’s mail server does not accept this message: its rules forbid it.', ASK_IT],
    rate: ['The recipient’s mail server takes only so much mail at a time.', AGAIN_LATER],
    transient: ['There is a passing fault on the way to the recipient.', AGAIN_LATER],
    unknown: ['The recipient’s mail server refused the message without a reason that we understand.', ASK_IT],
    expired: ['It was tried again and again for as long as is usual, without success.', AGAIN_LATER],
    suppressed: [
      'The address is on the list of those that we do not send to, because mail to it came back before or someone decided so.',
      'If the address is right, ask the person who looks after your mail to take it off the list; then send the message again.',
    ],
  }),
  why: 'Why:',
  lately: 'The last time:',
  todo: 'What you can do:',
  answered: (server) => (server === null ? 'The mail server answered:' : `Answer of ${server}:`),
  found: 'In detail:',
  stillTrying: (until) =>
    until === null
      ? 'You need not do anything. If it can not be delivered, you will be told.'
      : `You need not do anything: it will be tried until ${until}. If it can not be delivered, you will be told.`,
  andMore: (count) => `… and ${count} more, all of them listed in the attached report.`,
  message: 'This is about your message:',
  labels: { subject: 'Subject:', sent: 'Sent:', from: 'From:', id: 'Message-ID:' },
  link: 'What is known about it, at any time:',
  footer: (hostname) => `This report was written automatically by the mail relay ${hostname}.`,
};
