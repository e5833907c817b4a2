/** How long each step of the dialogue may take, RFC 5321 §4.5.3.2; all of them under the attempt's deadline. */
export interface SmtpTimeouts {
  /** TCP connection; the RFC names none. */
  readonly connect: number;
  /** §4.5.3.2.1 */
  readonly greeting: number;
  /** EHLO, STARTTLS, AUTH, RSET: as for MAIL, §4.5.3.2.2 */
  readonly command: number;
  /** §4.5.3.2.3 */
  readonly rcpt: number;
  /** §4.5.3.2.4 */
  readonly data: number;
  /** §4.5.3.2.5, each block of the content */
  readonly block: number;
  /** §4.5.3.2.6 */
  readonly final: number;
}

const MINUTE = 60_000;

export const SMTP_TIMEOUTS: SmtpTimeouts = {
  connect: 30_000,
  greeting: 5 * MINUTE,
  command: 5 * MINUTE,
  rcpt: 5 * MINUTE,
  data: 2 * MINUTE,
  block: 3 * MINUTE,
  final: 10 * MINUTE,
};
