/** `POST /reports`: a report as it is, from a program that has it: the same intake as by SMTP and IMAP. */
import { z } from '@hono/zod-openapi';
import { reportJson } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import { deskOf } from '../desk.ts';
import { validationProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { type Api, route } from './route.ts';
import { Report } from './schemas.ts';

const RAW = 'message/rfc822';

export function reportIntakeRoutes(api: Api, shared: Shared): void {
  const { options, limits, uploads, reviewCount } = shared;
  route(
    api,
    {
      method: 'post',
      path: '/reports',
      tag: 'Reports',
      summary: 'Takes in a bounce, complaint or automatic reply as it came, with all of its header',
      description:
        'It is read, tied to the recipients it speaks of, and changes their states by the same rules as one that comes by SMTP. 201 once it is durable: `matches` tells what it is tied to, `trouble` why to nothing. The same report again changes nothing: 200 with the one of then.',
      permission: 'queue:manage',
      spansAccounts: true,
      query: z.strictObject({
        file: z
          .string()
          .max(200)
          .optional()
          .openapi({ description: 'Name of the file that it comes from: `via` is `file` then, and this its `source`.' }),
      }),
      body: z.undefined(),
      upload: {
        limits: () => ({ body: limits.upload, bodySize: options.sending().reportSize }),
        budget: uploads,
        media: [RAW],
        exclusive: true,
      },
      answers: {
        200: { description: 'It came before: nothing changed', schema: Report },
        201: { description: 'Recorded, and what it proves is applied', schema: Report },
        413: { description: 'Over `reports.messageSize` (`body-too-large`)' },
        415: { description: 'Its type is not message/rfc822 (`unsupported-media-type`)' },
        503: { description: 'Not now (`reports-unavailable`, `busy`, `store-unavailable`), with Retry-After' },
      },
    },
    async ({ c, caller, query: { file }, bytes }) => {
      if (bytes.length === 0) throw validationProblem([{ in: 'body', path: '', detail: 'is empty: the report as it came is expected' }]);
      const from = file === undefined ? ({ via: 'api', source: caller.name } as const) : ({ via: 'file', source: file } as const);
      const { report, repeated, transitions } = await deskOf(options).take({ raw: bytes, ...from });
      if (!repeated)
        await audit(shared, caller, {
          action: 'report.submitted',
          subject: { kind: 'report', id: report.id },
          detail: { from: from.source },
        });
      options.log.info(
        { caller: caller.name, report: report.id, repeated, changed: transitions.filter(({ changed }) => changed).length },
        'a report came over the API',
      );
      reviewCount.forget();
      return c.json(reportJson(report), repeated ? 200 : 201);
    },
  );
}
