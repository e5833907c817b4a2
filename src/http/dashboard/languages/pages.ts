/** The words of the pages that have a file of their own, each with a line here. */
import type { Language } from '../../../domain/settings.ts';
import { accessWords } from './access.ts';
import { auditWords } from './audit.ts';
import { CLEAN_UP_WORDS } from './clean-up.ts';
import { DOCUMENT_WORDS } from './documents.ts';
import { EVIDENCE_WORDS } from './evidence.ts';
import { FRAME } from './frame.ts';
import { messagePage } from './message-page.ts';
import { overviewWords } from './overview.ts';
import { preview } from './preview.ts';
import { REFERENCE_WORDS } from './references.ts';
import { REGISTER_PAGE } from './register-page.ts';
import { RUN_WORDS } from './runs.ts';
import { settingsWords } from './settings.ts';
import { relaySettingsWords } from './settings-relay.ts';
import { SHARE_WORDS } from './shares.ts';
import { SIGNAL_WORDS } from './signals.ts';
import { STATISTICS_WORDS } from './statistics.ts';

export function pageWords(language: Language) {
  return {
    access: accessWords[language],
    audit: auditWords[language],
    cleanUp: CLEAN_UP_WORDS[language],
    documents: DOCUMENT_WORDS[language],
    evidence: EVIDENCE_WORDS[language],
    frame: FRAME[language],
    messagePage: messagePage[language],
    overview: overviewWords[language],
    preview: preview[language],
    references: REFERENCE_WORDS[language],
    registerPage: REGISTER_PAGE[language],
    relaySettings: relaySettingsWords[language],
    runs: RUN_WORDS[language],
    settings: settingsWords[language],
    shares: SHARE_WORDS[language],
    signals: SIGNAL_WORDS[language],
    statistics: STATISTICS_WORDS[language],
  };
}
