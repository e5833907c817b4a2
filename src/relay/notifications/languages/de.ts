/** German. */
import { reasonsAndAdvice, type Wording } from '../wording.ts';

const AGAIN_LATER = 'Senden Sie die Nachricht später noch einmal, oder erreichen Sie den Empfänger auf anderem Weg.';
const ASK_IT = 'Zeigen Sie diesen Bericht der Person, die sich bei Ihnen um die E-Mail kümmert; erneutes Senden hilft kaum.';

export const de: Wording = {
  locale: 'de-DE',
  from: 'E-Mail-Zustellung',
  subject: {
    failed: 'Nicht zugestellt',
    correction: 'Doch nicht zugestellt',
    delayed: 'Verzögert',
    delivered: 'Zugestellt',
    relayed: 'Weitergegeben',
    expanded: 'An einen Verteiler weitergegeben',
  },
  separator: ': ',
  noSubject: '(kein Betreff)',
  intro: {
    failed: [
      'Ihre Nachricht konnte diesem Empfänger nicht zugestellt werden:',
      'Ihre Nachricht konnte diesen Empfängern nicht zugestellt werden:',
    ],
    correction: [
      'Ein früherer Bericht besagte, Ihre Nachricht sei zu diesem Empfänger unterwegs. Sie ist inzwischen zurückgekommen und wurde nicht zugestellt:',
      'Ein früherer Bericht besagte, Ihre Nachricht sei zu diesen Empfängern unterwegs. Sie ist inzwischen zurückgekommen und wurde nicht zugestellt:',
    ],
    delayed: [
      'Ihre Nachricht ist bei diesem Empfänger noch nicht angekommen. Die Zustellung wird weiter versucht:',
      'Ihre Nachricht ist bei diesen Empfängern noch nicht angekommen. Die Zustellung wird weiter versucht:',
    ],
    delivered: ['Ihre Nachricht wurde diesem Empfänger zugestellt:', 'Ihre Nachricht wurde diesen Empfängern zugestellt:'],
    relayed: [
      'Ihre Nachricht wurde für diesen Empfänger dem nächsten Mailserver übergeben. Dieser bestätigt die Zustellung nicht, mehr lässt sich daher nicht sagen; kommt sie zurück, erfahren Sie es:',
      'Ihre Nachricht wurde für diese Empfänger dem nächsten Mailserver übergeben. Dieser bestätigt die Zustellung nicht, mehr lässt sich daher nicht sagen; kommt sie zurück, erfahren Sie es:',
    ],
    expanded: [
      'Ihre Nachricht ist unter dieser Adresse angekommen, die sie an mehrere andere weitergibt:',
      'Ihre Nachricht ist unter diesen Adressen angekommen, die sie an mehrere andere weitergeben:',
    ],
  },
  ...reasonsAndAdvice({
    'mailbox-unknown': [
      'Das Postfach gibt es nicht.',
      'Prüfen Sie die Adresse auf Tippfehler, oder fragen Sie den Empfänger nach der richtigen; senden Sie die Nachricht dann noch einmal.',
    ],
    'domain-unknown': [
      'Den Teil der Adresse nach dem @ gibt es nicht, oder er nimmt keine E-Mail an.',
      'Prüfen Sie die Adresse auf Tippfehler, oder fragen Sie den Empfänger nach der richtigen; senden Sie die Nachricht dann noch einmal.',
    ],
    'mailbox-full': [
      'Das Postfach ist voll.',
      'Sagen Sie dem Empfänger auf anderem Weg Bescheid, und senden Sie die Nachricht noch einmal, wenn wieder Platz ist.',
    ],
    'mailbox-disabled': [
      'Das Postfach ist abgeschaltet.',
      'Fragen Sie den Empfänger nach einer anderen Adresse; senden Sie die Nachricht dann noch einmal.',
    ],
    'too-big': [
      'Die Nachricht ist für den Mailserver des Empfängers zu groß.',
      'Senden Sie sie mit kleineren Anhängen, oder geben Sie dem Empfänger einen Link darauf.',
    ],
    blocked: ['Der Mailserver des Empfängers lehnt E-Mail von unseren Servern ab.', ASK_IT],
    auth: ['Der Mailserver des Empfängers konnte nicht prüfen, dass die Nachricht wirklich von Ihrer Adresse kommt.', ASK_IT],
    spam: ['Der Mailserver des Empfängers hielt die Nachricht für unerwünschte Werbung.', ASK_IT],
    virus: [
      'Der Mailserver des Empfängers hielt die Nachricht oder einen Anhang für schädlich.',
      'Prüfen Sie die Anhänge, und senden Sie die Nachricht ohne die zweifelhaften noch einmal.',
    ],
    policy: ['Der Mailserver des Empfängers nimmt diese Nachricht nicht an: seine Regeln verbieten es.', ASK_IT],
    rate: ['Der Mailserver des Empfängers nimmt nur eine begrenzte Menge E-Mail auf einmal an.', AGAIN_LATER],
    transient: ['Auf dem Weg zum Empfänger gibt es eine vorübergehende Störung.', AGAIN_LATER],
    unknown: ['Der Mailserver des Empfängers hat die Nachricht abgelehnt, ohne einen Grund, den wir verstehen.', ASK_IT],
    expired: ['Die Zustellung wurde so lange wie üblich immer wieder versucht, ohne Erfolg.', AGAIN_LATER],
    suppressed: [
      'Die Adresse steht auf der Liste derer, an die wir nicht senden, weil E-Mail von dort zurückkam oder jemand es so entschieden hat.',
      'Wenn die Adresse stimmt, bitten Sie die Person, die sich bei Ihnen um die E-Mail kümmert, sie von der Liste zu nehmen; senden Sie die Nachricht dann noch einmal.',
    ],
  }),
  why: 'Warum:',
  lately: 'Beim letzten Mal:',
  todo: 'Was Sie tun können:',
  answered: (server) => (server === null ? 'Antwort des Mailservers:' : `Antwort von ${server}:`),
  found: 'Im Einzelnen:',
  stillTrying: (until) =>
    until === null
      ? 'Sie müssen nichts tun. Kann sie nicht zugestellt werden, erfahren Sie es.'
      : `Sie müssen nichts tun: Die Zustellung wird bis ${until} versucht. Kann sie nicht zugestellt werden, erfahren Sie es.`,
  andMore: (count) => `… und ${count} weitere, alle im beigefügten Bericht aufgeführt.`,
  message: 'Es geht um Ihre Nachricht:',
  labels: { subject: 'Betreff:', sent: 'Gesendet:', from: 'Von:', id: 'Message-ID:' },
  link: 'Was darüber bekannt ist, jederzeit:',
  footer: (hostname) => `Diesen Bericht hat das E-Mail-Relais ${hostname} automatisch geschrieben.`,
};
