/** Dutch. */
import { reasonsAndAdvice, type Wording } from '../wording.ts';

const AGAIN_LATER = 'Stuur het bericht later opnieuw, of bereik de ontvanger op een andere manier.';
const ASK_IT = 'Laat dit verslag zien aan wie bij u de e-mail beheert; opnieuw versturen helpt waarschijnlijk niet.';

export const nl: Wording = {
  locale: 'nl-NL',
  from: 'Bezorging van e-mail',
  subject: {
    failed: 'Niet bezorgd',
    correction: 'Toch niet bezorgd',
    delayed: 'Vertraagd',
    delivered: 'Bezorgd',
    relayed: 'Doorgegeven',
    expanded: 'Doorgegeven aan een lijst',
  },
  separator: ': ',
  noSubject: '(geen onderwerp)',
  intro: {
    failed: ['Uw bericht kon niet worden bezorgd bij deze ontvanger:', 'Uw bericht kon niet worden bezorgd bij deze ontvangers:'],
    correction: [
      'Een eerder verslag meldde dat uw bericht onderweg was naar deze ontvanger. Het is inmiddels teruggekomen en niet bezorgd:',
      'Een eerder verslag meldde dat uw bericht onderweg was naar deze ontvangers. Het is inmiddels teruggekomen en niet bezorgd:',
    ],
    delayed: [
      'Uw bericht is nog niet aangekomen bij deze ontvanger. Het wordt nog steeds geprobeerd:',
      'Uw bericht is nog niet aangekomen bij deze ontvangers. Het wordt nog steeds geprobeerd:',
    ],
    delivered: ['Uw bericht is bezorgd bij deze ontvanger:', 'Uw bericht is bezorgd bij deze ontvangers:'],
    relayed: [
      'Uw bericht is voor deze ontvanger overgedragen aan de volgende mailserver. Die bevestigt de bezorging niet, meer is dus niet te zeggen; komt het terug, dan hoort u het:',
      'Uw bericht is voor deze ontvangers overgedragen aan de volgende mailserver. Die bevestigt de bezorging niet, meer is dus niet te zeggen; komt het terug, dan hoort u het:',
    ],
    expanded: [
      'Uw bericht is aangekomen op dit adres, dat het doorgeeft aan verschillende andere:',
      'Uw bericht is aangekomen op deze adressen, die het doorgeven aan verschillende andere:',
    ],
  },
  ...reasonsAndAdvice({
    'mailbox-unknown': [
      'De mailbox bestaat niet.',
      'Controleer het adres op typefouten, of vraag de ontvanger om het juiste adres; stuur het bericht daarna opnieuw.',
    ],
    'domain-unknown': [
      'Het deel van het adres na de @ bestaat niet, of ontvangt geen e-mail.',
      'Controleer het adres op typefouten, of vraag de ontvanger om het juiste adres; stuur het bericht daarna opnieuw.',
    ],
    'mailbox-full': [
      'De mailbox is vol.',
      'Laat het de ontvanger op een andere manier weten, en stuur het bericht opnieuw als er weer ruimte is.',
    ],
    'mailbox-disabled': ['De mailbox is uitgeschakeld.', 'Vraag de ontvanger om een ander adres; stuur het bericht daarna opnieuw.'],
    'too-big': [
      'Het bericht is te groot voor de mailserver van de ontvanger.',
      'Stuur het met kleinere bijlagen, of geef de ontvanger een koppeling naar de bestanden.',
    ],
    blocked: ['De mailserver van de ontvanger weigert e-mail van onze servers.', ASK_IT],
    auth: ['De mailserver van de ontvanger kon niet vaststellen dat het bericht echt van uw adres komt.', ASK_IT],
    spam: ['De mailserver van de ontvanger zag het bericht aan voor ongewenste reclame.', ASK_IT],
    virus: [
      'De mailserver van de ontvanger zag het bericht of een bijlage aan voor schadelijk.',
      'Controleer de bijlagen, en stuur het bericht opnieuw zonder de verdachte.',
    ],
    policy: ['De mailserver van de ontvanger neemt dit bericht niet aan: zijn regels verbieden het.', ASK_IT],
    rate: ['De mailserver van de ontvanger neemt maar een beperkte hoeveelheid e-mail tegelijk aan.', AGAIN_LATER],
    transient: ['Er is een tijdelijke storing op de weg naar de ontvanger.', AGAIN_LATER],
    unknown: ['De mailserver van de ontvanger heeft het bericht geweigerd zonder een reden die wij begrijpen.', ASK_IT],
    expired: ['Het is zo lang als gebruikelijk telkens opnieuw geprobeerd, zonder succes.', AGAIN_LATER],
    suppressed: [
      'Het adres staat op de lijst van adressen waar wij niet naartoe sturen, omdat er eerder e-mail van terugkwam of iemand dat zo heeft besloten.',
      'Als het adres klopt, vraag dan wie bij u de e-mail beheert om het van de lijst te halen; stuur het bericht daarna opnieuw.',
    ],
  }),
  why: 'Waarom:',
  lately: 'De laatste keer:',
  todo: 'Wat u kunt doen:',
  answered: (server) => (server === null ? 'Antwoord van de mailserver:' : `Antwoord van ${server}:`),
  found: 'In detail:',
  stillTrying: (until) =>
    until === null
      ? 'U hoeft niets te doen. Als het niet bezorgd kan worden, hoort u het.'
      : `U hoeft niets te doen: het wordt geprobeerd tot ${until}. Als het niet bezorgd kan worden, hoort u het.`,
  andMore: (count) => `… en nog ${count}, allemaal vermeld in het bijgevoegde verslag.`,
  message: 'Het gaat om uw bericht:',
  labels: { subject: 'Onderwerp:', sent: 'Verzonden:', from: 'Van:', id: 'Message-ID:' },
  link: 'Wat erover bekend is, op elk moment:',
  footer: (hostname) => `Dit verslag is automatisch geschreven door de mailrelay ${hostname}.`,
};
