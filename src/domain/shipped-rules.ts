/**
 * What servers mean by their replies: the rules that relais ships. Data alone; reply-rules.ts reads
 * them, config/reply-rules.yaml is published from here (`node scripts/publish-config.mjs`).
 *
 * The first rule that fits decides. Hence the order: what concerns us or the moment, before what
 * concerns the message, before what concerns the recipient; unmistakable wordings before the
 * enhanced status, since servers answer 5.1.1 for a full mailbox; the status before wordings that
 * many refusals carry; the bare code last.
 */
import type { ReplyRule } from './reply-rules.ts';

const r = String.raw;

/** Who speaks of our sending as a whole, of our account or of our log-in speaks of no recipient. */
const OWN_FAULT: readonly ReplyRule[] = [
  {
    id: 'own-account',
    says: 'our account with the provider is suspended',
    wording: [
      r`\byour (?:\w+ )?(?:account|subscription|plan|smtp access)\b.{0,40}\b(?:suspended|disabled|blocked|locked|deactivated|expired)\b`,
    ],
    category: 'blocked',
    ownFault: true,
  },
  {
    id: 'own-quota',
    says: 'we sent more than our provider allows',
    wording: [
      r`\b(?:daily|hourly|monthly|sending|sender|outgoing|outbound|user sending|message) (?:\w+ )?(?:quota|limits?|rate)\b.{0,30}\b(?:exceed(?:ed|s)?|reached)`,
      r`\bexceeded (?:\w+ ){0,3}(?:daily|hourly|monthly|sending|outgoing|outbound)\b`,
      r`\byou(?:'ve| have) reached (?:your|the) (?:\w+ ){0,3}(?:quota|limit)\b`,
    ],
    category: 'rate',
    ownFault: true,
  },
  {
    id: 'relay-denied',
    says: 'the server does not carry mail for that domain, or not from us',
    wording: [
      r`\brelay(?:ing)?\b.{0,20}\b(?:denied|not (?:allowed|permitted|authori[sz]ed)|prohibited|refused|rejected|disallowed)`,
      r`\b(?:unable|not allowed|not permitted) to relay\b|\b(?:do(?:es)? not|don't|doesn't|will not|won't|cannot|can't) relay\b|\b(?:open|insecure)\b.{0,12}\brelay\b|\bno relay(?:ing)?\b`,
      r`\blist of allowed rcpthosts\b|\bnot a gateway\b`,
    ],
    category: 'policy',
  },
  {
    id: 'own-log-in',
    says: 'the server wants us to log in first',
    wording: [
      r`\b(?:smtp )?auth(?:entication)? (?:is )?(?:required|first|needed)\b|\bmust (?:first )?(?:authenticate first|issue a starttls)|\blog ?in (?:first|required)\b|\bneed to authenticate\b`,
      r`\b(?:turn on|enable|use) smtp auth(?:entication)?\b`,
    ],
    category: 'auth',
    ownFault: true,
  },
];

/** The moment: what the next attempt may find otherwise. */
const MOMENT: readonly ReplyRule[] = [
  {
    id: 'grey-list',
    says: 'grey listing, or an address that is still being verified',
    wording: [r`\bgr[ea]y ?-?list`, r`\bunverified address\b.{0,40}\bin progress\b`],
    category: 'transient',
  },
  {
    id: 'too-big-or-full',
    says: 'the words of Exchange name both; the status says that the message is too big',
    status: ['2.3', '3.4'],
    wording: [r`\blarger than\b|\bmessage (?:size|length)\b|\btoo (?:big|large)\b`],
    category: 'too-big',
  },
  {
    id: 'mailbox-full',
    says: 'the mailbox holds as much as it may',
    wording: [
      r`\bover ?quota|\bquota ?(?:is |has been |was )?(?:exceeded|reached|full|violation)|\b(?:exceed(?:s|ed|ing)?|exhausted|over|above|out of|beyond|insufficient)\b.{0,40}\b(?:quota|storage)\b(?! (?:on|for) (?:the )?(?:server|system))`,
      r`\b(?:mail ?box|inbox|mail ?folder|mail ?dir|mail ?drop|storage|users?|recipient|disk|account)(?:'s)?\b.{0,60}\b(?:(?:is |was |are )?(?:too |almost )?full\b|over (?:its |the |their )?(?:quota|limit|size)|out of (?:storage|space))`,
      r`\b(?:mail ?box|user|recipient|account|inbox)(?:'s)?\b.{0,40}\b(?:quota|storage|(?<!message )size limit)|\b(?:mail ?box|user|account|inbox)(?:'s)?\b.{0,40}\b(?:(?:exceed(?:s|ed|ing)?|reached|beyond|at) (?:\w+ ){0,4}(?:size|limit|capacity|maximum))`,
      r`\bstorage (?:allocation|limit|space)|\bmailbox has exceeded|\bfull mail ?box\b|\bmail ?box (?:size )?limit|\bmail ?box size restrictions?|\bno (?:more )?(?:space|room) (?:left )?(?:in|for) (?:\w+ ){0,3}(?:mail ?box|account|user)|\bnot enough (?:storage )?(?:space|room)\b.{0,30}\b(?:mail ?box|account|user|recipient)|\bnot enough (?:disk )?space\b(?!.{0,20}\b(?:server|system))|\btoo many messages (?:in|on)\b.{0,30}\b(?:mail ?box|account|folder)`,
      r`quotaexceeded|mailboxfull`,
      r`(?:postfach|mailbox|posteingang|konto).{0,60}(?:\bvoll\b|überfüllt|überschritten|erschöpft)|speicherplatz.{0,40}(?:überschritten|erschöpft|belegt|voll)|(?:postvak|postbus|mailbox).{0,40}(?:\bvol\b|overschreden)`,
      r`bo[iîí]te\b.{0,80}(?:pleine|satur|rempli)|(?:quota|espace)\b.{0,40}(?:d[eé]pass|atteint|[eé]puis|insuffisant)|d[eé]pass\S*.{0,20}quota`,
      r`buz[oó]n\b.{0,60}(?:llen[oa]|excedi|superad|capacidad)|cuota\b.{0,40}(?:excedi|superad|alcanzad)|(?:excedido|superado).{0,20}cuota|casella\b.{0,60}(?:piena|superat|spazio)|quota\b.{0,20}superat|caixa\b.{0,60}(?:cheia|lotada|excedi)|(?:cota|quota)\b.{0,30}(?:excedi|ultrapass)`,
      r`(?:メールボックス|メールBOX|受信(?:箱|ボックス|トレイ)).{0,40}(?:いっぱい|一杯|満杯|容量|超え|超過)|容量.{0,20}(?:超え|超過|オーバー|いっぱい|不足|制限)|(?:邮箱|信箱|郵箱|郵件信箱|收件箱).{0,20}(?:满|滿|空间不足|空間不足|容量)|(?:空间|空間|容量)(?:不足|已满|已滿)`,
      r`skrzynk.{0,60}(?:pełn|przepełnion|przekroczon|zapełnion)|przekroczon.{0,40}(?:pojemnoś|limit\w* (?:miejsca|skrzynki)|quot)|ящик.{0,60}(?:переполнен|заполнен|квот)|переполнен|превышен\S*.{0,40}(?:квот|ящик)`,
    ],
    unless: [r`\bsystem (?:storage|space)\b|\bmessage (?:size|length)\b.{0,20}\bexceed`],
    category: 'mailbox-full',
  },
  {
    id: 'cause-guessed',
    says: 'the address could not be routed; the text guesses why',
    wording: [r`\baccount or domain may not exist\b`],
    category: 'domain-unknown',
  },
  {
    id: 'reputation',
    says: 'less is taken from us because of the reputation of our address or domain',
    wording: [
      r`\b(?:low|poor|bad|ip|domain|sender(?:base)?|negative|server|network|mta|host|its) (?:score |'?s )?reputation\b|\breputation (?:of|score|filter|service|is)\b|\b(?:user|many) complaints\b|\b(?:due to|because of|based on) (?:its |the |your )?(?:\S+ )?reputation\b`,
      r`\btoo many unwanted (?:messages|e?mails?)\b`,
      // Codes of providers: AOL, T-Online.
      r`\b(?:RLY|RTR|CON|DYN|HVU|DNS):[A-Z]{1,2}\d?\b|\bIP=[\d.a-f:]+ - `,
    ],
    category: 'blocked',
  },
  {
    id: 'pace',
    says: 'too much at once: messages, connections or recipients',
    wording: [
      r`\brate.?limit(?:ed|s|ing)?\b|\bthrottl(?:ed|ing)\b|\btoo many (?:\w+ )?(?:messages|connections|recipients|e?mails?|requests|sessions|concurrent|errors|deliveries|smtp sessions|rcpts?)\b|\btoo (?:fast|quickly|frequently|much mail)\b|\btr(?:y|ied|ying) too often\b`,
      r`\breceiving (?:e?mail|messages) (?:at a rate|too)|\bun(?:usual|expected) (?:rate|volume)|(?:temporarily|has been) deferred\b.{0,40}\b(?:volume|rate)|\bexceeded\b.{0,40}\b(?:rate|threshold|connections?|messages per|recipients per)\b`,
      r`\b(?:connections?|frequency|message|sending|delivery|concurrency|recipient|session|hourly|daily) ?(?:rate|frequency|count|volume)?s? (?:is |are |was |has been |have been )?(?:limit(?:ed|s)?|exceed(?:s|ed)?|control)\b(?!.{0,20}\bsize)`,
      r`\bslow(?:ing)? down\b|\bmax(?:imum)? (?:\w+ )?(?:number of )?(?:connections|recipients|messages per)\b|\b(?:connection|concurrency|recipient)s? limit\b`,
      r`(?:zu viele|trop de|demasiad[oa]s|troppi|troppe|te veel|zbyt wiele|слишком много)\s.{0,20}(?:nachrichten|verbindungen|empf|messages|connexions|destinataires|mensajes|conexiones|destinatari|messaggi|connessioni|berichten|verbindingen|wiadomości|połączeń|сообщений|писем|соединений|получателей)|(?:频率|頻率|连接数|連線數).{0,10}(?:限制|超)|發送頻率|发信频率`,
    ],
    category: 'rate',
  },
];

/** The message or the one who sends it. */
const MESSAGE: readonly ReplyRule[] = [
  {
    id: 'virus',
    says: 'malicious content',
    wording: [r`\b(?:virus(?:es)?|malware|infected|trojan|ransomware)\b`, r`ウイルス|ウィルス|病毒|вирус|\bwirus`],
    unless: [r`\bno virus`],
    category: 'virus',
  },
  {
    id: 'message-form',
    says: 'the message breaks the standards: its header, its line ends or its encoding',
    wording: [
      r`\brfc ?-?(?:2822|5322|822|1123|2047|5321)\b.{0,60}\b(?:compl|conform|violat|specif|format)|\b(?:not|non)[ -]?(?:rfc[ -]?)?complian(?:t|ce)\b|\b(?:compl|conform|violat)\w*\b.{0,30}\brfc ?-?(?:2822|5322|822|1123|2047|5321)\b`,
      r`\b(?:multiple|duplicate|missing|malformed|invalid|no|more than one|lacks?)\b.{0,20}\b(?:subject|date|message-id|from|to|required)? ?headers?\b|\bbare (?:lf|cr|line ?feed)|\bheaders? (?:is |are )?(?:missing|malformed|too (?:large|long))`,
    ],
    unless: [r`\bhelo\b`],
    category: 'policy',
  },
  {
    id: 'reverse-dns',
    says: 'our address has no name, or one that does not lead back',
    wording: [
      r`\breverse[ -](?:dns|hostname|host ?name|lookup|mapping|resolution|ip)\b|\br?dns ptr\b|\bptr (?:resource )?records?\b|\bno ptr\b|\b(?:missing|bad|no|invalid|without)\b.{0,15}\bptr\b|\bfind your (?:reverse )?hostname\b|\bunverif[iy]able sending ips?\b|\b(?:cannot|could not|unable to|can't|failed to) (?:resolve|find) (?:your|the) (?:\w+ )?(?:ip|address|host)`,
      r`\bdoes not resolve to (?:a|your|the)\b.{0,20}\b(?:ip|name|host)`,
    ],
    category: 'blocked',
  },
  {
    id: 'listed-link',
    says: 'a link in the message is on a list',
    wording: [r`\b(?:(?:black|block|deny) ?-?)?listed (?:url|uri|link)s?\b|\b(?:uribl|surbl)\b`],
    category: 'spam',
  },
  {
    id: 'list-spam',
    says: 'a filter took the message itself for spam',
    wording: [
      r`\b(?:message|mail|e-?mail|content|letter)\b.{0,40}\b(?:(?:was|is|been|as|looks? like|considered|classified|identified|detected|likely|contains?|suspected|to be|of being)\s){1,5}(?:\w+ )?(?:spam|junk|unsolicited)\b`,
      r`\bspam (?:message|content|detected|score|classification|filter|mail rejected)|\b(?:rejected|refused|blocked|dropped|denied)\b.{0,15}\b(?:as|for|due to|because of) (?:being )?(?:spam|junk|unsolicited)`,
    ],
    unless: [r`\b(?:listed|blacklist|blocklist|block list|black list|reputation)\b`, r`\bspf\b|\bdkim\b|\bdmarc\b`],
    category: 'spam',
  },
  {
    id: 'block-list',
    says: 'our address or domain is on a list of blocked ones',
    wording: [
      r`\bblock ?-?lis?t(?:ed|ing)?\b|\bblack ?-?list(?:ed|ing)?\b|\bdeny ?-?list(?:ed)?\b|\b(?:dns|rh)s?bls?\b|\brbls?\b|\w+rbl\b|\breputation\b|\bspamhaus\b|\bspamcop\b|\bbarracudacentral\b|\bsorbs\b|\buceprotect\b|\binvaluement\b|\bproofpoint\b.{0,30}\bblock|\bbanned\b|\bblocked (?:using|by(?! (?:the )?(?:admin|user|owner))|at|since|ip)|(?<!not |user |alias )\blisted (?:at|by|in|on)\b`,
      r`\b(?:ip|ips|host|client|server|network|sender ip)(?: address)?(?: \S+)? (?:is |was |has been |have been |are )?(?:blocked|denied|rejected|refused|not allowed|banned)(?!:? (?:cannot|can't|no|need|unverified|recipient|address|your|the|this|it|message|mail|command|rcpt|to)\b)\b|\b(?:blocked|invalid|unauthori[sz]ed|suspicious|suspected spam) (?:sending )?ip\b|\bconnection (?:is |was )?(?:blocked|denied|rejected)\b|\bipcheck\b|\bblocked - see\b|\bblock for spam\b|\btraffic not accepted from\b|\b(?:ip|client) screened\b|\byour ip\b.{0,40}\b(?:block|reject|refus|ban|den(?:y|ied))`,
    ],
    category: 'blocked',
  },
  {
    id: 'sender-authentication',
    says: 'SPF, DKIM, DMARC or the like',
    wording: [
      r`\b(?:spf|dkim|dmarc|arc|unauthenticated|not authenticated|sender (?:id|authentication)|sender policy framework|domainkeys?|failed authentication|authentication (?:checks?|results?|failed|failure|information|level))\b`,
    ],
    unless: [r`\bspam (?:classification|detected)\b`],
    category: 'auth',
  },
  {
    id: 'spam',
    says: 'the message was taken for spam',
    wording: [
      r`\b(?:anti-?)?spam(?:my|ming|verdacht|filter|assassin|mer|mers|trap|s)?\b|\b(?:unsolicited|junk|phishing|bulk e?mail|ube|uce|content (?:rejected|filter)|looks? like spam|suspicious (?:content|message|mail))\b|\bundesired (?:mail|message)\b|\bunwanted (?:mail|message|content)\b`,
      r`スパム|迷惑メール|垃圾(?:邮件|郵件|信)|спам|courrier indésirable|pourriel|no deseado|posta indesiderata|niechcian`,
      r`\bcloudmark\b|\b(?:OFR|LPN)\w*_(?:506|522)\b`,
    ],
    category: 'spam',
  },
  {
    id: 'too-big',
    says: 'the message is larger than the server or the mailbox takes',
    wording: [
      r`\b(?:message|mail|size|content|attachment|letter|e-?mail|data)\b.{0,30}\b(?:too (?:big|large|long)|larger than|exceed(?:s|ed|ing)?\b.{0,40}\b(?:size|max(?:imum)?|limit|allowed))|\btoo (?:large|big)\b|\bmax(?:imum)? (?:allowed )?(?:message |mail )?\s?size\b|\b(?:message|mail|attachment)? ?(?:size|length) (?:limit )?exceed|\bexceed(?:s|ed|ing)? (?:\w+ ){0,5}(?:message |mail )?(?:size|length) ?(?:limit|allowed)?\b|\bover(?:sized|-sized) (?:message|mail)|\bsize limit\b|sizelimit`,
      r`(?:nachricht|e-?mail|mail|anhang)\b.{0,40}zu gro(?:ß|ss)|(?:größe|groesse)\b.{0,40}überschr|message\b.{0,40}trop (?:volumineux|gros|grand|long|lourd)|taille\b.{0,40}(?:dépass|maxim|excè|trop)|(?:mensaje|correo)\b.{0,40}(?:demasiado grande|excede)|tamaño\b.{0,40}(?:máxim|exced|super)|messaggio\b.{0,40}troppo (?:grande|grosso)|dimension\w+\b.{0,40}(?:massim|super|ecced)|mensagem\b.{0,40}(?:muito grande|excede)|tamanho\b.{0,40}(?:máxim|exced)|bericht\b.{0,30}te groot|grootte\b.{0,30}overschr`,
      r`サイズ.{0,20}(?:超|大き)|(?:邮件|郵件|信件|附件).{0,12}(?:过大|太大|過大)|大小.{0,10}超|wiadomoś\S*.{0,40}(?:za duż|zbyt duż)|rozmiar.{0,40}(?:przekracz|przekroczon)|слишком (?:большо|велик)|размер.{0,40}превыш`,
    ],
    category: 'too-big',
  },
  {
    id: 'loop',
    says: 'the message goes in a circle between servers',
    wording: [
      r`\b(?:mail|routing|forwarding|message|delivery|redirect\w*) loop|\bloop(?:ing|s back| detected| count)\b|\btoo many (?:hops|received)\b|\b(?:hop|hops) (?:count|limit)\b.{0,20}\bexceeded|\bmax(?:imum)? ?(?:hop|number of hops)|\bhop count\b|\bforwarded more than\b|\bloops? back to\b|\bbounce between two servers\b|\btoo many "?received"?`,
    ],
    category: 'transient',
  },
  {
    id: 'group-permission',
    says: 'a group or list that takes messages from its members alone',
    wording: [
      r`\bpermission to (?:post|send|mail)\b|\b(?:post|posting|send|submit)\w* (?:\w+ ){0,5}(?:to|by|from|in) (?:\w+ ){0,4}(?:non-?)?(?:members|subscribers)\b|\b(?:not|non|only|aren't|isn't)(?: \w+){0,3}[ -](?:subscribers?|members?)\b(?=.{0,60}\b(?:list|group|post|allowed|send|may|can|only|article|command))|RESOLVER\.RST\.(?:Auth|Not|Sender|Restricted)\w*`,
      // Whatever its language, the notice of this family leads to the help of the group.
      r`\bgroups\.google\.[a-z.]+/(?:a/[^ ]+/)?support\b`,
    ],
    category: 'policy',
  },
  {
    id: 'sender-refused',
    says: 'the sender, its domain or our greeting was refused',
    wording: [
      r`\b(?:senders?|return[- ]path|mail from|envelope from|header from|from(?: header)? address|reply-to|ehlo|helo)\W.{0,40}\b(?:rejected|denied|refused|unknown|invalid|blocked|verif\w+|not (?:found|exist|allowed|accepted|authori[sz]ed|owned|permitted|valid|local)|does(?:n't| not) (?:exist|resolve|match)|unroutable|unrouteable|could not|must)\b`,
      r`\bdomain of (?:the )?sender\b|\bfrom: (?:domain|address) is\b|\b(?:invalid|bad|unknown|unresolvable|illegal|forged|fake|disallowed) (?:\w+ )?(?:sender|helo|ehlo|return[- ]path|from address)\b|\b(?:sender|my name) was rejected\b|\b(?:your|sender(?:'s)?|sending) (?:e?mail )?(?:address|domain)\b.{0,40}\b(?:rejected|refused|blocked|denied|invalid|not (?:exist|found|allowed|accepted|resolve))`,
    ],
    category: 'policy',
  },
  {
    id: 'sender-not-ours',
    says: 'the account may not send under that address',
    wording: [r`\bsend(?:ing)? (?:\w+ ){0,2}(?:as|from an?other|from a different|on behalf)\b|sendasdenied|\bsend mail as\b`],
    category: 'policy',
  },
];

/** The recipient. */
const RECIPIENT: readonly ReplyRule[] = [
  {
    id: 'directory-refuses',
    says: 'Exchange Online: the domain’s directory does not know the recipient',
    status: ['4.1'],
    wording: [r`\brecipient address rejected: access denied`],
    category: 'mailbox-unknown',
    dead: true,
  },
  {
    id: 'recipient-refuses',
    says: 'the recipient, or the domain, will not have mail from this sender',
    wording: [
      r`\brecipient(?:'s)? (?:preferences|settings)\b|\b(?:rejected|blocked|refused|denied) by (?:the |its )?(?:recipients?|destination|user|owner|addressee|receiving|remote)\b|\b(?:recipient|user|owner) (?:has )?(?:blocked|refused|refuses|rejects?) (?:your|mail|messages|this)|\bdelivery (?:is )?not allowed to this\b`,
    ],
    category: 'policy',
  },
  {
    id: 'moved',
    says: 'the recipient is gone, or lives elsewhere',
    wording: [
      r`\b(?:user|recipient|mail ?box|account|person|customer|subscriber|address|employee|domain)\b.{0,40}\b(?:has|have|was) (?:been )?(?:moved|left|changed|migrated|replaced|deleted|removed|terminated|cancell?ed|closed|purged)\b|\b(?:account|mail ?box) (?:is )?closed\b|\bhas (?:moved|left|changed (?:his|her|their|its|e?mail))\b(?! (?:to|into) (?:spam|junk|trash|quarantine))|\bnew (?:e-?mail )?address is\b|\bunder a new address\b`,
      r`\bno longer (?:in use|valid|exists?|employed|works?|with (?:us|the|this)|at this|here|on (?:this|the|our)|has an?|an? (?:valid|customer|user|member|subscriber)|part of|known|used|registered|using|receives? (?:e?mail )?at)\b`,
      r`nicht mehr (?:gültig|unter dieser|in gebrauch|vorhanden|bei uns|existent|verwendet)|n'existe plus|n'est plus (?:valide|utilis|en service)|ya no (?:existe|es válid|trabaja|está)|non (?:esiste|è) più|não (?:existe|é) mais|bestaat niet meer|niet meer (?:geldig|in gebruik)|already been (?:deleted|removed)|больше не (?:существует|используется|работает)|już nie (?:istnieje|pracuje)`,
    ],
    unless: [r`\b(?:message|mail|content|attachment) (?:has|was) (?:been )?(?:deleted|removed|moved)\b`],
    category: 'mailbox-unknown',
    dead: true,
  },
  {
    id: 'address-inactive',
    says: 'an address not in use, and a status that knows no such mailbox',
    status: ['1.1'],
    wording: [r`\binactive (?:e-?mail )?address\b`],
    category: 'mailbox-unknown',
    dead: true,
  },
  {
    id: 'disabled',
    says: 'the mailbox exists and takes nothing at present',
    wording: [
      r`\b(?:mail ?box|account|user|recipient|address|subscriber|customer|domain|inbox)(?:'s)?\b.{0,40}\b(?:disabled|inactive|suspended|deactivated|discontinued|locked|frozen|expired|blocked|on hold|not (?:been )?activ(?:e|ated)|over its|archived|restricted|turned off|paused|administratively)\b|\b(?:disabled|inactive|suspended|deactivated|dormant|frozen|locked|expired) (?:e?mail )?(?:mail ?box|account|user|recipient|address)\b`,
      r`\bno longer (?:active|available|accept(?:s|ing)|receiv(?:es|ing)|monitored|in service|able to)|\b(?:mail ?box|account|user|recipient) (?:is )?(?:currently )?(?:not (?:accepting|active|enabled|receiving)|unable to receive)\b|\b(?:not accepting|refuses to accept|does(?:n't| not) accept) (?:any )?(?:messages|e?mail|mail) (?:for|to) (?:this|the) (?:user|recipient|mailbox|address|account)\b`,
      r`(?:konto|postfach|empfänger|benutzer|mailbox)\S*.{0,40}(?:deaktiviert|gesperrt|inaktiv|stillgelegt|abgelaufen)|(?:compte|bo[iî]te|destinataire)\b.{0,60}(?:désactiv|desactiv|bloqu|suspendu|inacti|clôtur|archiv|ferm[eé])|(?:cuenta|buz[oó]n|destinatario)\b.{0,60}(?:desactivad|deshabilitad|suspendid|bloquead|inactiv|desabilitad)|(?:casella|account|utente)\b.{0,60}(?:disabilitat|sospes|disattivat|bloccat|inattiv)|(?:conta|caixa|usu[aá]rio)\b.{0,60}(?:desativad|suspens|bloquead|inativ)|(?:account|postvak|gebruiker)\b.{0,40}(?:uitgeschakeld|geblokkeerd|opgeschort|inactief)`,
      r`(?:アカウント|メールボックス|受信者|宛先).{0,30}(?:停止|無効|凍結|利用できません|休止)|(?:帐户|账户|帳戶|帳號|账号|帐号|邮箱|用户|郵箱).{0,20}(?:停用|禁用|冻结|凍結|锁定|暂停|未激活)|(?:konto|skrzynk)\S*.{0,40}(?:zablokowan|nieaktywn|wyłączon|zawieszon)|(?:ящик|аккаунт|учетная запись|учётная запись|пользователь)\S*.{0,40}(?:заблокирован|отключен|отключён|неактив|приостановлен)`,
      r`\b(?:OFR|LPN)\w*_(?:420|426)\b`,
    ],
    unless: [r`\b(?:disabled|blocked|rejected) (?:by|using|for|due to) (?:policy|spam|\S+bl\b)`],
    category: 'mailbox-disabled',
  },
  {
    id: 'name-service',
    says: 'the name service gave no answer for now',
    wording: [
      r`\b(?:temporary|transient) (?:dns|name ?server|lookup|resolution)|\b(?:dns|name ?server|lookup|name resolution)\b.{0,40}\b(?:time[d]? ?out|temporar|servfail|server failure|try again)|\bhost not found, try again\b|\blookup(?: of \S+)? (?:did not complete|timed out|deferred)`,
    ],
    category: 'transient',
  },
  {
    id: 'no-route',
    says: 'no way to the domain, for a reason that proves nothing',
    wording: [
      r`\bunexpected name server reply\b|\bno route (?:found )?to (?:the )?domain\b|\bmx\b.{0,30}\bpoints? (?:back )?to\b(?! non)|\bmx list for\b|\bunable to get mx\b`,
    ],
    category: 'domain-unknown',
  },
  {
    id: 'domain-unknown',
    says: 'the recipient’s domain does not exist, or takes no mail',
    wording: [
      r`\b(?:domain|host|destination server(?: for this recipient)?|email system)(?: name)?(?: or domain)?(?: name)?(?: [^ ,.;]\S*)?:? (?:is |was |could ?)?(?:(?:not|n't) (?:be )?(?:found|exist)|unknown|invalid|does(?:n't| not) exist)\b|\b(?:no such|unknown|non-?existent|bad destination|bad|illegal|invalid|unresolvable) (?:mail |destination |recipient |target )?(?:domain|host|system)(?! name in (?:helo|ehlo))|\bunroute?able (?:mail )?domain|\bnull ?mx\b|\bnx ?domain\b|\b(?:name service|dns hard) error\b|\bhost address lookups failed permanently\b|\bdomain is (?:not|un) ?reachable\b.{0,30}\bcheck the domain\b|\b(?:dns|mx) lookup (?:error|failure|failed): (?:host|domain)`,
      r`\bdoes(?:n't| not) accept (?:any )?(?:e?mails?|messages)(?! (?:from|for (?:this|the) (?:user|recipient|mailbox|address)))\b|\b(?:host|domain|server)\b.{0,40}\b(?:accepts? no|never accepts|do(?:es)? not (?:receive|handle)) (?:e?mail|smtp)|\bindicated no smtp service\b`,
      r`\b(?:no|without|any|an?y?) (?:valid |usable |working )?(?:mx|mail exchangers?|a or mx|mx or a|dns|mail servers?)(?: or \w+)?(?: records?| hosts?| entr(?:y|ies))? (?:were |was |is |are )?(?:found|exists?|for|defined|or ip address|could be)\b|\bfind (?:any |a )?(?:host|mail exchanger|mx|mail server)|\b(?:unable to|could not|cannot|couldn't|can't|failed to) (?:resolve|look ?up|find|locate) (?:the |any |its )?(?:\w+ )?(?:domain|host|mx|dns|mail server|remote server|route)|\bmx records point to non-existent|\bhas no (?:mx|mail exchanger|dns|a record|address record)|\bname (?:does not resolve|or service not known)`,
      r`(?:domain|host)\S*.{0,30}(?:nicht gefunden|existiert nicht|unbekannt|bestaat niet)|(?:domaine|hôte)\b.{0,30}(?:inconnu|introuvable|inexistant|n'existe pas)|dominio\b.{0,30}(?:no existe|desconocid|inexistente|non esiste|sconosciut|no encontrad|non trovat)|dom[ií]nio\b.{0,30}(?:não existe|desconhecid|inexistente|não encontrad)|ドメイン.{0,20}(?:見つかりません|存在しません|不明)|(?:域名|網域|域).{0,12}(?:不存在|无效|找不到|無效)|domen\S*.{0,30}(?:nie istnieje|nieznan)|домен\S*.{0,30}(?:не найден|не существует|неизвест)`,
    ],
    unless: [r`\b(?:helo|ehlo)\b`, r`\b(?:account or domain|domain or account|may not exist|user or domain)\b`],
    category: 'domain-unknown',
    dead: true,
  },
  {
    id: 'name-service-failed',
    says: 'looking up the domain failed, it is not said for how long',
    wording: [r`\b(?:dns|name ?server|mx|host ?name|host|domain)(?: name)? (?:lookup |query )?(?:error|failure|failed)\b`],
    category: 'domain-unknown',
  },
  {
    id: 'policy-violation',
    says: 'a rule of the receiving side is named as the reason',
    wording: [r`\b(?:mail ?|local |content |security )?policy violation\b|\bviolat\w+ (?:\w+ )?polic`],
    category: 'policy',
  },
  {
    id: 'unknown-by-policy',
    says: 'a rule of the receiving side, which speaks of the recipient too',
    status: ['7.*'],
    wording: [r`\bpolic(?:y|ies)\b`],
    category: 'policy',
  },
  {
    // 500 stands for a report that quotes no code: the reporting system itself found no way there. A
    // recipient's own server says the same of a mailbox, with a code.
    id: 'unrouteable',
    says: 'the reporting system found no way to the domain',
    code: [500],
    wording: [r`\bunroute?able address\b`],
    category: 'domain-unknown',
    dead: true,
  },
  {
    id: 'no-account',
    says: 'there is no account of that name',
    wording: [r`\bdoes(?:n't| not) have an? (?:\S+ )?account\b`, r`\b(?:OFR|LPN)\w*_416\b`],
    category: 'mailbox-unknown',
    dead: true,
    certain: true,
  },
  {
    id: 'mailbox-unknown',
    says: 'the server knows no such recipient',
    wording: [
      r`\b(?:users?|user ?(?:id|name)|mail ?box|recipients?|address(?:es)?|account|alias|person|member|name|customer|mail ?drop|local[ -]?part|id)\b(?: \S+){0,6}?[ :,]+(?:(?:is|was|were|are|has|could|can) )?(?:unknown|(?:not|cannot)(?: \w+){0,2} (?:found|known|exist|here|listed|recogni[sz]ed|present|valid|defined|registered|locate[d]?|identified|resolved?|ok)|does(?:n't| not)(?: \w+)? exist|do not exist|doesnt exist|non-?existent|not ok|could(?: not|n't) be (?:found|resolved)|can(?:not|'t) be found|was(?:n't| not) found|isn't (?:known|valid|listed|in)|invalid|missing home directory)\b`,
      r`\b(?:unknown|invalid|no such|non-?existent|bad(?: destination)?|undeliverable|illegal|incorrect|wrong|unrecogni[sz]ed|undefined|not a valid|no valid|no(?: local)?|unresolvable|not found|unroute?able|can't accept|cannot accept|not our|nobody) (?:local |virtual |or \w+ |remote |recipient |e-?mail |mail |delivery |envelope |system |destination |internet )*(?:final delivery )?(?:users?|user ?ids?|user ?names?|local[ -]?part|mail ?box(?:es)?|recipients?|addressees?|address(?:es)?|accounts?|person|alias|mail alias|customer|name|mail ?drop|mailbox name|member)\b(?! (?:verification|lists?|specified\b.{0,10}\bmail from))`,
      r`\bno (?:mail ?box|user|account|one|such one|person)\b.{0,12}\b(?:here|by that name|with that name|by this name|of that name|found|at this)\b|\b(?:does(?:n't| not)|has no|have no|do not) have an? (?:\S+ )?(?:account|mail ?box)|\bnot have (?:an? )?(?:\S+ )?(?:account|mail ?box)|\bnot our customer|\bnot a (?:known|valid|local|registered|recogni[sz]ed) (?:user|mail ?box|recipient|address|account|member)|\b(?:not|isn't) (?:listed|present|found|in) (?:in |the |our |\w+ )*(?:directory|address book|database|list of (?:users|recipients)|recipient (?:table|map)|alias table)`,
      r`\b(?:recipn?|recipient|user|mailbox|address)_?(?:not_?found|unknown|does_?not_?exist)\b|recipnotfound|recipientnotfound|badrcptto|bad-recipient|invalid-recipient|unknown-user|nosuchuser|\bno-such-user\b|\bnobody by that name\b`,
      r`(?:empfänger|benutzer|adresse|postfach|konto|mailbox|nutzer)\S*.{0,60}(?:unbekannt|nicht gefunden|existiert nicht|nicht vorhanden|ungültig|nicht bekannt|nicht existent|existiert leider nicht|konnte nicht gefunden|gibt es nicht)|(?:unbekannte|ungültige)\S* (?:empfänger|benutzer|adresse|postfach|nutzer|e-?mail)|(?:gebruiker|ontvanger|adres|postvak)\b.{0,40}(?:onbekend|bestaat niet|niet gevonden|ongeldig)|(?:onbekende|ongeldige?) (?:gebruiker|ontvanger|adres)`,
      r`(?:utilisateur|destinataire|adresse|bo[iî]te|compte|abonn[eé])\b.{0,60}(?:inconnu|introuvable|inexistant|invalide|n'existe pas|n'a pas été trouv|non trouv)|(?:usuario|destinatario|direcci[oó]n|buz[oó]n|cuenta|utente|indirizzo|casella)\b.{0,60}(?:desconocid|no existe|inexistente|no (?:se )?(?:ha )?(?:encontr|v[aá]lid)|inv[aá]lid|sconosciut|non (?:esiste|trovat|valid|è stat[oa] trovat)|inesistente)|(?:usu[aá]rio|destinat[aá]rio|endere[çc]o|caixa|conta)\b.{0,60}(?:desconhecid|não (?:existe|encontrad|foi encontrad)|nao existe|inexistente|inv[aá]lid)`,
      r`(?:ユーザ|宛先|受信者|アドレス|メールボックス|アカウント).{0,40}(?:見つかりません|見つからなかった|存在しません|存在しない|不明|ありません|存在致しません|存在いたしません)|(?:用户|用戶|收件人|邮箱|信箱|郵箱|地址|使用者|账号|帐号|帳號|邮件地址).{0,20}(?:不存在|未找到|找不到|无效|無效|未知|查无)|(?:użytkownik|odbiorc|adres|skrzynk|konto)\S*.{0,60}(?:nieznan|nie istnieje|nie (?:został[ao]? )?(?:znalezion)|nieprawidłow)|nie ma takiego|(?:пользовател|получател|адрес|ящик)\S*.{0,60}(?:не найден|не существует|неизвест|отсутствует|не зарегистрирован)|несуществующ|нет такого|такого .{0,20}(?:нет|не существует)`,
      r`\bwas(?:n't| not) found (?:at|in)\b|\bnot unique[.,;]? several matches\b|\bdestination addresses? (?:was|were) unknown\b`,
      r`nicht gefunden wurde oder|wurde (?:unter|bei|in) .{0,80}nicht gefunden|no se (?:encontró|ha encontrado|pudo encontrar).{0,20}(?:direcci|destinat|usuario)|nie znaleziono (?:adres|odbiorc|użytkownik)|找不到(?:地址|收件人|用户|用戶)`,
    ],
    unless: [
      r`\b(?:may|might) not exist\b`,
      // Said of the one who sends.
      r`\b(?:unable|failed|could not|cannot) to verify|\bverif\w+ (?:failed|of the sender)`,
    ],
    category: 'mailbox-unknown',
    dead: true,
  },
];

/** Enhanced status codes, RFC 3463 §3 and the IANA registry; the class is left out. */
const STATUSES: readonly ReplyRule[] = [
  { id: 'status-mailbox', says: 'no such mailbox, by its status', status: ['1.1', '1.3', '1.6'], category: 'mailbox-unknown', dead: true },
  { id: 'status-address', says: 'the address is refused, by its status', status: ['1.0', '1.4'], category: 'mailbox-unknown' },
  // 1.10: RFC 7505 §4.1.
  { id: 'status-domain', says: 'no such domain, by its status', status: ['1.2', '1.10'], category: 'domain-unknown', dead: true },
  {
    id: 'status-no-such-domain',
    says: 'Exchange Online: the domain does not exist',
    status: ['4.310'],
    category: 'domain-unknown',
    dead: true,
  },
  { id: 'status-routing', says: 'no way to the domain, by its status', status: ['4.4'], category: 'domain-unknown' },
  { id: 'status-sender', says: 'the sender is refused, by its status', status: ['1.7', '1.8'], category: 'policy' },
  { id: 'status-disabled', says: 'the mailbox is disabled, by its status', status: ['2.1'], category: 'mailbox-disabled' },
  { id: 'status-full', says: 'the mailbox is full, by its status', status: ['2.2'], category: 'mailbox-full' },
  { id: 'status-size', says: 'the message is too big, by its status', status: ['2.3', '3.4'], category: 'too-big' },
  {
    id: 'status-pace',
    says: 'congestion, or too much at once, by its status',
    status: ['2.121', '2.122', '4.5', '5.3', '7.28'],
    category: 'rate',
  },
  {
    id: 'status-path',
    says: 'trouble of the system or the network, by its status',
    status: ['3.1', '3.2', '4.1', '4.2', '4.3', '4.6', '4.7', '4.300', '4.312', '4.316', '4.317'],
    category: 'transient',
  },
  // RFC 7372 §3.
  { id: 'status-reverse-dns', says: 'our address has no valid name, by its status', status: ['7.25'], category: 'blocked' },
  {
    id: 'status-authentication',
    says: 'authentication of the sender or of us, by its status',
    status: ['7.8', '7.20', '7.21', '7.22', '7.23', '7.24', '7.26', '7.27', '7.29'],
    category: 'auth',
  },
];

/** Wordings that many refusals carry beside their reason: asked only where no status of one reason decides. */
const WEAK: readonly ReplyRule[] = [
  {
    id: 'system-full',
    says: 'the system has no room',
    wording: [
      r`\binsufficient (?:system |disk )?(?:storage|space|resources)\b|\b(?:no space left|disk (?:is )?full|out of (?:memory|disk space))\b`,
    ],
    category: 'transient',
  },
  {
    id: 'not-reached',
    says: 'no server answered, or not in time: nothing is known of the recipient',
    wording: [
      r`\b(?:connection (?:was )?(?:timed out|refused|reset|dropped|closed|lost|failed|attempt failed)|(?:operation|session|network|connect|conversation|delivery)(?: with \S+)? (?:has )?timed out|(?:time ?out|timed out) (?:while|during|waiting|exceeded|after)|no route to host|network (?:is )?unreachable|(?:not|un)able to (?:establish|connect|contact)|could not (?:connect|contact)|(?:can't|cannot|couldn't|failed to) (?:connect|establish)|did not accept our requests to connect|(?:did|does) not respond|not responding|lost connection|broken pipe|tls (?:handshake|negotiation|is required)|(?:not|n't) support (?:ssl|tls)|(?:cannot|can't|could not|failed to) start tls|starttls|certificate)\b|\bcommunication problem\b|\bin the time limit specified\b|\bserver (?:is )?busy\b`,
      r`\b(?:retry time(?:out)? (?:not reached|exceeded)|too old|(?:message|delivery|queue|envelope) (?:time )?(?:has )?expired|(?:unable to|could not|cannot|can't|couldn't) (?:be )?(?:send|sent|deliver(?:ed)?)(?: \w+){0,2} (?:for|within|in|after) (?:the (?:last|past) )?\d+|in the queue (?:for )?too long|gave up)\b`,
    ],
    category: 'transient',
  },
  {
    id: 'policy',
    says: 'a rule of the receiving side',
    wording: [
      r`\b(?:policy|policies|prohibited|access denied|not (?:allowed|permitted|authori[sz]ed)|security (?:issue|reasons?)|administrative(?:ly)?|restricted|forbidden|not acceptable|attachments?|encrypt\w*|violat\w+|content[ -]type|file (?:type|extension))\b|\bnot supported\b`,
    ],
    category: 'policy',
  },
  { id: 'status-content', says: 'content or policy, by its status', status: ['6.*', '7.*'], category: 'policy' },
  {
    // RFC 5321 §4.2.2 has it for other causes too; who gives one of those says so beside it.
    id: 'mailbox-unavailable-at-rcpt',
    says: 'the words that many providers have for an unknown user',
    wording: [r`\brequested (?:mail )?action (?:not taken|aborted)[:,;] mailbox (?:unavailable|not available)`],
    code: [550],
    phase: ['rcpt'],
    category: 'mailbox-unknown',
    dead: true,
  },
  {
    // The address itself, and nothing else is named; who refuses it by a rule names the rule.
    id: 'address-refused-at-rcpt',
    says: 'the address is refused, for no other reason',
    wording: [r`\brecipient address rejected\.?(?: ?\(in reply [^)]*\))?$`],
    class: 'permanent',
    phase: ['rcpt'],
    category: 'mailbox-unknown',
    dead: true,
  },
  {
    id: 'mailbox-unavailable',
    says: 'the mailbox is not available, whatever the cause',
    wording: [r`\bmailbox (?:is )?(?:currently )?(?:unavailable|not available)\b`],
    code: [550],
    category: 'mailbox-unknown',
  },
  {
    id: 'acceptable-use',
    says: 'a code of cable providers for what breaks their rules of use',
    wording: [r`\bAUP#\S`],
    category: 'blocked',
  },
  {
    id: 'refused',
    says: 'refused, no reason given',
    wording: [r`\b(?:rejected|rejects?|refused|refuses|denied|blocked|declined|not accept(?:ed|able)|unacceptable|not welcome)\b`],
    unless: [r`\b(?:recipient|address|user|mailbox)\b.{0,20}\b(?:rejected|refused|denied)\b`],
    class: 'permanent',
    category: 'policy',
  },
];

/** Bare reply codes, RFC 5321 §4.2.3, where neither wording nor status decides. */
const CODES: readonly ReplyRule[] = [
  { id: 'code-full', says: '552 to RCPT', code: [552], phase: ['rcpt'], category: 'mailbox-full' },
  { id: 'code-size', says: '552 elsewhere', code: [552], category: 'too-big' },
  { id: 'code-recipients', says: '452 to RCPT', code: [452], phase: ['rcpt'], category: 'rate' },
  { id: 'code-mailbox', says: '550, 551 or 553 to RCPT', code: [550, 551, 553], phase: ['rcpt'], category: 'mailbox-unknown' },
  { id: 'code-refused', says: '551 or 553 elsewhere', code: [551, 553], category: 'policy' },
  // RFC 7504 §4.
  { id: 'code-no-mail', says: 'the domain takes no mail', code: [556], category: 'domain-unknown', dead: true },
];

export const SHIPPED_RULES: readonly ReplyRule[] = [...OWN_FAULT, ...MOMENT, ...MESSAGE, ...RECIPIENT, ...STATUSES, ...WEAK, ...CODES];
