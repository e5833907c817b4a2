/**
 * Sends one report by SMTP, from the null reverse-path (RFC 3464 §2), through nodemailer's client.
 * Rejects with what went wrong; the sandbox logs it and does not try again.
 */
import SMTPConnection from 'nodemailer/lib/smtp-connection';

const TIMEOUT = 10_000;

export function sendReport(request: {
  readonly host: string;
  readonly port: number;
  readonly hostname: string;
  readonly to: string;
  readonly text: string;
}): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = new SMTPConnection({
      host: request.host,
      port: request.port,
      name: request.hostname,
      ignoreTLS: true,
      connectionTimeout: TIMEOUT,
      greetingTimeout: TIMEOUT,
      socketTimeout: TIMEOUT,
    });
    const end = (error?: Error | null): void => {
      if (error == null) {
        connection.quit();
        resolve();
      } else {
        connection.close();
        reject(error);
      }
    };
    connection.on('error', end);
    connection.connect((error) => {
      if (error != null) end(error);
      else connection.send({ from: false, to: [request.to] }, request.text, (failed) => end(failed));
    });
  });
}
