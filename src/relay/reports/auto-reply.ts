/**
 * Whether a message is an automatic reply: Auto-Submitted (RFC 3834 §5), and the fields that
 * responders wrote before it. Pure. Asked only of what is no delivery report: those carry
 * Auto-Submitted too.
 */
import { type Field, fieldValue } from './fields.ts';

const RESPONDER_FIELDS = ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-auto-reply', 'x-autoreply-from', 'x-mail-autoreply'];

/** How responders begin the subject, before that of the message they answer. */
const RESPONDER_SUBJECT =
  /^\s*(?:auto(?:matic|mated)?[-\s]?(?:re(?:ply|sponse|spon\w*)|answer)\b|auto\s?:|(?:i am |i'm )?(?:currently )?out[-\s]of[-\s](?:the[-\s])?office\b|on (?:vacation|holiday|annual leave|maternity leave|parental leave)\b|away from (?:the )?(?:office|my desk)\b|automatische? (?:antwort|abwesenheitsnotiz|reply|antwoord)\b|automatisch (?:antwoord|bericht)\b|abwesen(?:d\b|heit\w*)|(?:bin )?(?:im|in) urlaub\b|r[ée]ponse automatique\b|absen(?:t|ce)\b(?: du bureau)?|en (?:congés?|vacances)\b|afwezig\w*|niet aanwezig\b|respuesta autom[áa]tica\b|fuera de (?:la )?oficina\b|de vacaciones\b|risposta automatica\b|fuori (?:sede|ufficio)\b|in ferie\b|resposta autom[áa]tica\b|fora do escrit[óo]rio\b|ausente\b|autosvar\b|automatiskt? svar\b|fr[åa]nvaro\w*|frav[æe]r\w*|automaattinen vastaus\b|poissa\b|automatyczna odpowied[źz]|(?:jestem )?nieobecn\w*|poza biurem\b|automatick[áa] odpov[ěe][ďd]|mimo kancel[áa][řr]|автоответ|автоматический ответ|нет на работе|отпуск|自動(?:応答|返信|回覆)|不在(?:通知|のお知らせ|です)|自动(?:回复|答复)|休假|외출|자동 ?(?:응답|회신)|otomatik (?:yan[ıi]t|cevap))/iu;

/** `subject`: decoded. */
export function isAutoReply(headers: readonly Field[], subject: string | null = null): boolean {
  const submitted = fieldValue(headers, 'auto-submitted')
    ?.toLowerCase()
    .split(/[\s;(]/)[0];
  if (submitted === 'no' || (submitted === 'auto-generated' && isFromList(headers))) return false;
  if (submitted !== undefined && submitted !== '') return true;
  if (subject !== null && RESPONDER_SUBJECT.test(subject) && !isFromList(headers)) return true;
  if (RESPONDER_FIELDS.some((name) => !['no', null].includes(fieldValue(headers, name)?.toLowerCase() ?? null))) return true;
  return /^auto[-_]reply\b/i.test(fieldValue(headers, 'precedence') ?? '');
}

/** RFC 2369, RFC 2919: sent to many, in answer to nobody. */
function isFromList(headers: readonly Field[]): boolean {
  return ['list-id', 'list-unsubscribe', 'list-post'].some((name) => fieldValue(headers, name) !== null);
}
