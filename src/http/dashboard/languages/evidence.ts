/** The evidence of a message or document, to be kept. */
import type { Language } from '../../../domain/settings.ts';

interface EvidenceMenuWords {
  readonly open: string;
  readonly lead: string;
  readonly pdf: string;
  readonly json: string;
}

export const EVIDENCE_WORDS: Readonly<Record<Language, EvidenceMenuWords>> = {
  en: {
    open: 'Evidence',
    lead: 'What was sent, to whom, and what every server said, signed by the relay. It also says what it does not prove. Making it is recorded.',
    pdf: 'PDF, to hand to others',
    json: 'JSON, for programs',
  },
  fr: {
    open: 'Preuve',
    lead: 'Ce qui a été envoyé, à qui, et ce que chaque serveur a répondu, signé par le relais. Elle dit aussi ce qu’elle ne prouve pas. Son établissement est enregistré.',
    pdf: 'PDF, à remettre à d’autres',
    json: 'JSON, pour les programmes',
  },
  nl: {
    open: 'Bewijs',
    lead: 'Wat is verzonden, aan wie, en wat elke server zei, ondertekend door de relay. Er staat ook in wat het niet bewijst. Dat het is gemaakt, wordt vastgelegd.',
    pdf: 'Pdf, om aan anderen te geven',
    json: 'JSON, voor programma’s',
  },
  de: {
    open: 'Nachweis',
    lead: 'Was gesendet wurde, an wen, und was jeder Server sagte, vom Relay signiert. Er sagt auch, was er nicht beweist. Dass er erstellt wurde, wird festgehalten.',
    pdf: 'PDF, zur Weitergabe',
    json: 'JSON, für Programme',
  },
};
