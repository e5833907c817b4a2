/** The HTTP API, generated from its OpenAPI document: `npm run publish:client`. */
export interface paths {
    "/messages/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The register as a file, newest first, a row a recipient
         * @description All that the filters find, however many, streamed as it is read. CSV as in RFC 4180, in UTF-8; cells that a spreadsheet would take for a formula get an apostrophe in front. XLSX begins a new sheet every 1,048,575 rows. A file that breaks off ends the connection: it is never taken for the whole.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Any of these, of the message or of any of its recipients; repeated or joined by commas. */
                    state?: ("in-progress" | "transferred" | "delivered" | "failed" | "partly-failed" | "cancelled" | "queued" | "deferred" | "held" | "expired" | "suppressed")[];
                    /** @description Whole address. */
                    recipient?: string;
                    /** @description Domain of a recipient. */
                    domain?: string;
                    /** @description Whole address of the reverse-path; empty for the null one. */
                    sender?: string;
                    /** @description Any of these; repeated or joined by commas. */
                    account?: string[];
                    template?: string;
                    document?: string;
                    /** @description What the document is, such as `invoice`. */
                    documentType?: string;
                    contact?: string;
                    /** @description The books or company of the ERP. */
                    administration?: string;
                    /** @description Any of these fingerprints; repeated or joined by commas. */
                    stream?: string[];
                    /** @description `name` or `name=value`. */
                    tag?: string;
                    /** @description The Message-ID header, with or without angle brackets. */
                    messageId?: string;
                    /** @description Words of addresses, subject, document and Message-ID; each may be the beginning of one. */
                    q?: string;
                    /** @description Accepted at or after. */
                    from?: string;
                    /** @description Accepted before. */
                    to?: string;
                    format?: "csv" | "xlsx";
                    /** @description CSV with a byte order mark, by which Excel sees that it is UTF-8. */
                    bom?: boolean;
                    /** @description Of the caller’s choice: the page that started it asks by it how far it is. */
                    key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file; XLSX where `format` says so */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many exports are running (`busy`), with Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The register, newest first
         * @description Filters combine. A filter that hits rarely may answer fewer items than asked with `next` set: the search goes on from there. For a first load: take all pages, then follow `GET /changes` after the `seq` of the first one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Any of these, of the message or of any of its recipients; repeated or joined by commas. */
                    state?: ("in-progress" | "transferred" | "delivered" | "failed" | "partly-failed" | "cancelled" | "queued" | "deferred" | "held" | "expired" | "suppressed")[];
                    /** @description Whole address. */
                    recipient?: string;
                    /** @description Domain of a recipient. */
                    domain?: string;
                    /** @description Whole address of the reverse-path; empty for the null one. */
                    sender?: string;
                    /** @description Any of these; repeated or joined by commas. */
                    account?: string[];
                    template?: string;
                    document?: string;
                    /** @description What the document is, such as `invoice`. */
                    documentType?: string;
                    contact?: string;
                    /** @description The books or company of the ERP. */
                    administration?: string;
                    /** @description Any of these fingerprints; repeated or joined by commas. */
                    stream?: string[];
                    /** @description `name` or `name=value`. */
                    tag?: string;
                    /** @description The Message-ID header, with or without angle brackets. */
                    messageId?: string;
                    /** @description Words of addresses, subject, document and Message-ID; each may be the beginning of one. */
                    q?: string;
                    /** @description Accepted at or after. */
                    from?: string;
                    /** @description Accepted before. */
                    to?: string;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessagePage"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Sends a message: composed from JSON, or as it is
         * @description Answers once the message is on disk. With `message/rfc822` the body is sent as it is; the envelope comes from the query (`from`, `recipient`) or from the header fields `X-Relais-From` and `X-Relais-Recipients`. With `Idempotency-Key` the request may be repeated within 24 hours: it gets the first answer, with `Idempotent-Replayed: true`.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Of a raw message: the reverse-path; empty or `<>` for the null one. */
                    from?: string;
                    recipient?: string | string[];
                    account?: string;
                    sendAt?: string;
                    /** @description Of a raw message: `never`, or some of `success`, `failure`, `delay`, by commas. */
                    notify?: string;
                };
                header?: {
                    /** @description Makes the request repeatable for 24 hours. */
                    "Idempotency-Key"?: string;
                    /** @description In place of the query’s `from`. */
                    "X-Relais-From"?: string;
                    /** @description In place of the query’s `recipient`; several by commas. */
                    "X-Relais-Recipients"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["SendMessage"];
                    "message/rfc822": string;
                };
            };
            responses: {
                /** @description Recorded: it is on disk and in the queue */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SentMessage"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:send is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Over the size that is taken (`body-too-large`, `message-too-big`) */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not taken as it is (`refused`, `too-many-recipients`), or the key was used for another (`idempotency-key-reused`) */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not now (`try-later`, `busy`, `store-unavailable`), with Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No room on disk or in the queue (`no-room`), with Retry-After */
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One message, with each recipient’s attempts and reports, and its events */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The message */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Message"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Erases the record and the bytes of a message
         * @description What is still in the queue is refused (`pending`) unless `force` is given, in the query or the body: it is cancelled first then. What lies under a legal hold is refused whatever is given.
         */
        delete: {
            parameters: {
                query?: {
                    force?: boolean;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        force?: boolean;
                    };
                };
            };
            responses: {
                /** @description Erased */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Still in the queue (`pending`), or under a legal hold (`legal-hold`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The bytes as they are forwarded: our Received field, then what the ERP sent */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The message */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "message/rfc822": string;
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:content is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The content was erased; the record stays (`content-erased`) */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The message as one may look at it: a document that runs nothing and loads nothing
         * @description HTML without scripts, forms and links that lead anywhere; pictures that came with the message stand in it, those of other servers are left out. To be shown in a frame with `sandbox`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A document */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/html": string;
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:content is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The content was erased; the record stays (`content-erased`) */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The files that a message brings
         * @description In the order they stand in. Attached messages are files, and are not opened.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessageAttachments"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:content is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The content was erased; the record stays (`content-erased`) */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/attachments/{n}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One file, decoded, to be kept: no browser shows it in place
         * @description The name is made safe: without path, control characters and what a system keeps for itself. What could run in a browser is `application/octet-stream`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    /** @description `number` in the list. */
                    n: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:content is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The content was erased; the record stays (`content-erased`) */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erases many messages: those of a filter, or those named
         * @description With `dryRun` it only counts. A filter must name at least one field. `complete: false` asks for another call.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        filter?: components["schemas"]["MessageFilter"];
                        ids?: string[];
                        /** @description Only counts. */
                        dryRun?: boolean;
                        force?: boolean;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, erased */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeleteResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries the waiting recipients now, also those of a message that was to be sent later */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description Addresses; all when left out. */
                        recipients?: string[];
                    };
                };
            };
            responses: {
                /** @description The recipients as they stand now; `changed` tells which did */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description None of the recipients is in a state that this applies to (`not-applicable`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps the waiting recipients back until they are released */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description Addresses; all when left out. */
                        recipients?: string[];
                    };
                };
            };
            responses: {
                /** @description The recipients as they stand now; `changed` tells which did */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description None of the recipients is in a state that this applies to (`not-applicable`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets held recipients go on: at once, or at the time the message was to be sent */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description Addresses; all when left out. */
                        recipients?: string[];
                    };
                };
            };
            responses: {
                /** @description The recipients as they stand now; `changed` tells which did */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description None of the recipients is in a state that this applies to (`not-applicable`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes the recipients that are still in the queue out of it, for good */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description Addresses; all when left out. */
                        recipients?: string[];
                    };
                };
            };
            responses: {
                /** @description The recipients as they stand now; `changed` tells which did */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description None of the recipients is in a state that this applies to (`not-applicable`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Of many messages: tries the waiting recipients now, also those of a message that was to be sent later
         * @description Those of a filter, which must name at least one field, or those named. Messages in which nothing changes are counted, and are no error. `complete: false` asks for another call with `cursor`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        filter?: components["schemas"]["MessageFilter"];
                        ids?: string[];
                        /** @description Only counts. */
                        dryRun?: boolean;
                        /** @description `next` of the call before, with the same filter or ids. */
                        cursor?: string;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Of many messages: keeps the waiting recipients back until they are released
         * @description Those of a filter, which must name at least one field, or those named. Messages in which nothing changes are counted, and are no error. `complete: false` asks for another call with `cursor`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        filter?: components["schemas"]["MessageFilter"];
                        ids?: string[];
                        /** @description Only counts. */
                        dryRun?: boolean;
                        /** @description `next` of the call before, with the same filter or ids. */
                        cursor?: string;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Of many messages: lets held recipients go on: at once, or at the time the message was to be sent
         * @description Those of a filter, which must name at least one field, or those named. Messages in which nothing changes are counted, and are no error. `complete: false` asks for another call with `cursor`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        filter?: components["schemas"]["MessageFilter"];
                        ids?: string[];
                        /** @description Only counts. */
                        dryRun?: boolean;
                        /** @description `next` of the call before, with the same filter or ids. */
                        cursor?: string;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Of many messages: takes the recipients that are still in the queue out of it, for good
         * @description Those of a filter, which must name at least one field, or those named. Messages in which nothing changes are counted, and are no error. `complete: false` asks for another call with `cursor`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        filter?: components["schemas"]["MessageFilter"];
                        ids?: string[];
                        /** @description Only counts. */
                        dryRun?: boolean;
                        /** @description `next` of the call before, with the same filter or ids. */
                        cursor?: string;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a message again, as a new one that supersedes it
         * @description To those whom it did not reach (failed, expired, suppressed, cancelled) and those in `replace`, or to those named in `recipients`. The same bytes, references, return path and DSN parameters.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Makes the request repeatable for 24 hours. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /**
                         * @description Corrected addresses, by the old ones.
                         * @example {
                         *       "old@example.com": "new@example.com"
                         *     }
                         */
                        replace?: {
                            [key: string]: string;
                        };
                        recipients?: string[];
                        /** @description Writes the corrections into the To and Cc fields as well; otherwise the bytes stay as they are. A signature of the sender over these fields no longer holds then. */
                        rewriteTo?: boolean;
                    };
                };
            };
            responses: {
                /** @description The new message */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SentMessage"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:resend is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description None was missed (`not-applicable`), some are still in the queue (`pending`), or the bytes are gone (`content-erased`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Over the size that is taken now (`message-too-big`) */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not taken (`refused`), or the key was used for another request (`idempotency-key-reused`) */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not now (`try-later`), with Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No room on disk or in the queue (`no-room`), with Retry-After */
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends many messages again, to those whom they did not reach
         * @description Those of a filter, which must name at least one field, or those named. Messages in which nothing changes are counted, and are no error. `complete: false` asks for another call with `cursor`. Messages that were sent again before are left alone, unless `again` is given.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Makes the request repeatable for 24 hours. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        filter?: components["schemas"]["MessageFilter"];
                        ids?: string[];
                        /** @description Only counts. */
                        dryRun?: boolean;
                        /** @description `next` of the call before, with the same filter or ids. */
                        cursor?: string;
                        /**
                         * @description Corrected addresses, by the old ones.
                         * @example {
                         *       "old@example.com": "new@example.com"
                         *     }
                         */
                        replace?: {
                            [key: string]: string;
                        };
                        /** @description Writes the corrections into the To and Cc fields as well; otherwise the bytes stay as they are. A signature of the sender over these fields no longer holds then. */
                        rewriteTo?: boolean;
                        /** @description Also those that were sent again before. */
                        again?: boolean;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, sent again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResendResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:resend is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed evidence of what became of a message: JSON, or PDF where `Accept` asks for `application/pdf`
         * @description What was submitted, to whom, each attempt and report, how sure that is and what it does not prove. docs/EVIDENCE.md says how to verify it.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Of its sentences. Left out: as the caller asks (Accept-Language), else that of the account. */
                    language?: "en" | "fr" | "nl" | "de";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The evidence */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Evidence"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/documents/{document}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed evidence of all mail that carried a document: JSON, or PDF where `Accept` asks for `application/pdf`
         * @description What was submitted, to whom, each attempt and report, how sure that is and what it does not prove. docs/EVIDENCE.md says how to verify it. Of very much mail the newest.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Of its sentences. Left out: as the caller asks (Accept-Language), else that of the account. */
                    language?: "en" | "fr" | "nl" | "de";
                    /** @description As in `GET /documents/{document}`. */
                    administration?: string;
                };
                header?: never;
                path: {
                    document: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The evidence */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Evidence"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/evidence.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed evidence of what became of a message: JSON
         * @description What was submitted, to whom, each attempt and report, how sure that is and what it does not prove. docs/EVIDENCE.md says how to verify it.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Of its sentences. Left out: as the caller asks (Accept-Language), else that of the account. */
                    language?: "en" | "fr" | "nl" | "de";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The evidence */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Evidence"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/documents/{document}/evidence.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed evidence of all mail that carried a document: JSON
         * @description What was submitted, to whom, each attempt and report, how sure that is and what it does not prove. docs/EVIDENCE.md says how to verify it. Of very much mail the newest.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Of its sentences. Left out: as the caller asks (Accept-Language), else that of the account. */
                    language?: "en" | "fr" | "nl" | "de";
                    /** @description As in `GET /documents/{document}`. */
                    administration?: string;
                };
                header?: never;
                path: {
                    document: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The evidence */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Evidence"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/evidence.pdf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed evidence of what became of a message: PDF, with the JSON in it
         * @description What was submitted, to whom, each attempt and report, how sure that is and what it does not prove. docs/EVIDENCE.md says how to verify it.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Of its sentences. Left out: as the caller asks (Accept-Language), else that of the account. */
                    language?: "en" | "fr" | "nl" | "de";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The evidence */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/pdf": string;
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/documents/{document}/evidence.pdf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed evidence of all mail that carried a document: PDF, with the JSON in it
         * @description What was submitted, to whom, each attempt and report, how sure that is and what it does not prove. docs/EVIDENCE.md says how to verify it. Of very much mail the newest.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Of its sentences. Left out: as the caller asks (Accept-Language), else that of the account. */
                    language?: "en" | "fr" | "nl" | "de";
                    /** @description As in `GET /documents/{document}`. */
                    administration?: string;
                };
                header?: never;
                path: {
                    document: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The evidence */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/pdf": string;
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/evidence/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public key that evidence and seals are verified with
         * @description To be handed to whoever verifies evidence, by a way that they trust. Any token may read it.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The key */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EvidenceKey"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/evidence/seals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The seals over the feed, oldest first
         * @description Each is over the events since the one before it, and has its hash. Whoever keeps them elsewhere can tell later whether the past was changed. They say nothing of anybody.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `to` of the last one that is known. */
                    after?: number;
                    /** @description How many items at most. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Seal"][];
                            next: number | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Documents with their verdicts, those with the newest mail first
         * @description What each verdict means and proves is in docs/DOCUMENTS.md. A filter that hits rarely may answer fewer items than asked with `next` set: the search goes on from there.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Any of these; repeated or joined by commas. */
                    verdict?: ("delivered" | "transferred" | "unknown" | "at-risk" | "failed")[];
                    /** @description Words of the mail that carried it: as in `GET /messages`. */
                    q?: string;
                    documentType?: string;
                    administration?: string;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["DocumentSummary"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/documents/{document}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One document: its verdict, since when and why, its recipients and its mail */
        get: {
            parameters: {
                query?: {
                    /** @description Where several have a document of this name; empty: mail that names none. Left out: that of the newest mail. */
                    administration?: string;
                };
                header?: never;
                path: {
                    document: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Document"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Addresses that mail goes to, those with the newest mail first
         * @description With `state=problem` those whose last mail that ended failed, and was not sent to a corrected address since: the newest failure first. A search that hits rarely may answer fewer items than asked with `next` set: it goes on from there.
         */
        get: {
            parameters: {
                query?: {
                    state?: "problem";
                    /** @description Words of the address; each may be the beginning of one. */
                    q?: string;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ContactSummary"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One address: what came of the last mail to it, what waits, since when it fails and why */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    address: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The address */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contact"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{address}/correct": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends the mail of a wrong address to the right one
         * @description What failed since mail last came through, or what is named in `messages`; with `pending` (needs `queue:manage`) also what waits: that is sent to the right address and cancelled for the wrong one. Each as a message of its own that supersedes the old one, once, however often it is asked for. The address in the ERP stays wrong until somebody corrects it there.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Makes the request repeatable for 24 hours. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    address: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @example ann@example.com */
                        to: string;
                        messages?: string[];
                        /** @description Also what waits. */
                        pending?: boolean;
                        /** @description Corrects the To and Cc fields as well, as with /resend. */
                        rewriteTo?: boolean;
                        /** @description Only counts. */
                        dryRun?: boolean;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, sent */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CorrectionResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:resend is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The right address is on the suppression list (`suppressed`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The feed after a sequence number, oldest first
         * @description With `wait` the answer is kept back until something happens, or the time is over. 410 `cursor-expired` when the feed no longer goes back to `after`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `last` of the page before. */
                    after?: number;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Only these; repeated or joined by commas. */
                    types?: ("message.accepted" | "recipient.deferred" | "recipient.transferred" | "recipient.delivered" | "recipient.failed" | "recipient.expired" | "recipient.delayed" | "recipient.relayed" | "recipient.expanded" | "recipient.held" | "recipient.released" | "recipient.cancelled" | "recipient.suppressed" | "recipient.complained" | "recipient.auto-replied" | "message.referenced" | "message.resent" | "message.content-erased" | "message.deleted" | "report.unmatched" | "queue.blocked" | "queue.recovered" | "mailbox.failing" | "mailbox.recovered" | "channel.failing" | "channel.recovered" | "backup.failed" | "backup.made")[];
                    /** @description At most 60s. */
                    wait?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Changes"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission changes:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The feed no longer goes back that far (`cursor-expired`), or has not come that far (`cursor-ahead`) */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/changes/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The feed as server-sent events
         * @description Each event’s `id` is its sequence number. Resumes after `Last-Event-ID`, else after `after`, else from now on.
         */
        get: {
            parameters: {
                query?: {
                    after?: number;
                    /** @description Only these; repeated or joined by commas. */
                    types?: ("message.accepted" | "recipient.deferred" | "recipient.transferred" | "recipient.delivered" | "recipient.failed" | "recipient.expired" | "recipient.delayed" | "recipient.relayed" | "recipient.expanded" | "recipient.held" | "recipient.released" | "recipient.cancelled" | "recipient.suppressed" | "recipient.complained" | "recipient.auto-replied" | "message.referenced" | "message.resent" | "message.content-erased" | "message.deleted" | "report.unmatched" | "queue.blocked" | "queue.recovered" | "mailbox.failing" | "mailbox.recovered" | "channel.failing" | "channel.recovered" | "backup.failed" | "backup.made")[];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The stream */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission changes:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description As for /changes */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/consumers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All named positions */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The positions */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Consumer"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission changes:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/consumers/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A named position */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The position */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Consumer"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission changes:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sets a named position, forward or back */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        seq: number;
                    };
                };
            };
            responses: {
                /** @description The position */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Consumer"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission changes:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Forgets a named position */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Forgotten */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission changes:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits, by next hop */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The queue */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Queue"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/{nextHop}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes no further attempts at this next hop until it is resumed */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    nextHop: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description The next hop as it stands now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NextHop"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/{nextHop}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on with a paused next hop */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    nextHop: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description The next hop as it stands now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NextHop"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/{nextHop}/flush": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes everything that waits for this next hop due now */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    nextHop: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description The next hop as it stands now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NextHop"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Addresses that mail is not sent to, in their order */
        get: {
            parameters: {
                query?: {
                    reason?: "bounce" | "complaint" | "manual";
                    /** @description A part of address or note. */
                    q?: string;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Suppression"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission suppressions:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/suppressions/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One suppressed address */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    address: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The entry */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Suppression"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission suppressions:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Suppresses an address: what was not tried yet, and what comes, is not sent to it */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    address: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /**
                         * @description `manual` when left out.
                         * @enum {string}
                         */
                        reason?: "bounce" | "complaint" | "manual";
                        note?: string;
                        /**
                         * Format: date-time
                         * @description From when it no longer holds.
                         */
                        until?: string;
                    };
                };
            };
            responses: {
                /** @description The entry */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Suppression"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission suppressions:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /**
         * Lifts an address, and answers with the mail that was not sent to it
         * @description With `resend=true` (needs `messages:resend`) that mail is sent again to this address, save what was sent again before.
         */
        delete: {
            parameters: {
                query?: {
                    resend?: boolean;
                };
                header?: never;
                path: {
                    address: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Lifted */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LiftResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission suppressions:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reports that came in, newest first; `matched=false` is the review list
         * @description A page may have fewer items than asked with `next` set: the search goes on from there. Callers who may see some accounts only see the reports of those, and no unmatched ones.
         */
        get: {
            parameters: {
                query?: {
                    matched?: boolean;
                    kind?: "bounce" | "delayed" | "delivered" | "complaint" | "auto-reply" | "none";
                    via?: "smtp" | "imap" | "api" | "file";
                    /** @description Came in at or after. */
                    from?: string;
                    /** @description Came in before. */
                    to?: string;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Report"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Takes in a bounce, complaint or automatic reply as it came, with all of its header
         * @description It is read, tied to the recipients it speaks of, and changes their states by the same rules as one that comes by SMTP. 201 once it is durable: `matches` tells what it is tied to, `trouble` why to nothing. The same report again changes nothing: 200 with the one of then.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Name of the file that it comes from: `via` is `file` then, and this its `source`. */
                    file?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "message/rfc822": string;
                };
            };
            responses: {
                /** @description It came before: nothing changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Report"];
                    };
                };
                /** @description Recorded, and what it proves is applied */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Report"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Over `reports.messageSize` (`body-too-large`) */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Its type is not message/rfc822 (`unsupported-media-type`) */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not now (`reports-unavailable`, `busy`, `store-unavailable`), with Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One report: what it says of whom, and what it is tied to */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The report */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Report"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The bytes of a report as it came in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The report */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "message/rfc822": string;
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:content is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/{id}/candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recipients that an unmatched report may speak of, best first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them; none for a report that is tied */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ReportCandidate"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Reports are not taken in at the moment (`reports-unavailable`) */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/{id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ties a report of the review list to a recipient: what it says changes that one
         * @description By whom and when is kept with the report. It can not be undone.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description Id of the message. */
                        message: string;
                        /** @description Address or position. Left out: the one that the report names, or the only one there is. */
                        recipient?: number | string;
                    };
                };
            };
            responses: {
                /** @description Linked */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LinkResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such report. `message-not-found`, `recipient-not-found`: what the body names is not there */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `already-linked`; `recipient-ambiguous`: name one; `says-nothing`: it holds nothing that could change a recipient */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Reports are not taken in at the moment (`reports-unavailable`) */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The mailboxes that reports are collected from: when each was read last, and what was found */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The mailboxes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SyncStatus"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission sync:run is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Collects reports from the mailboxes now, or joins the collection that is running
         * @description Answers when all of them were read, or `wait` is over. 200: `lastRun` of each mailbox tells what this collection found; 202: it goes on, ask again. Reports that come by SMTP need no collection.
         */
        post: {
            parameters: {
                query?: {
                    /** @description At most 60s. */
                    wait?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description All were read, or tried */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SyncStatus"];
                    };
                };
                /** @description The collection goes on */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SyncStatus"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission sync:run is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not now (`reports-unavailable`), with Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recipients by time of acceptance and present state */
        get: {
            parameters: {
                query?: {
                    /** @description By default a day before `to` by hour, 30 days by day. */
                    from?: string;
                    /** @description By default now. */
                    to?: string;
                    by?: "hour" | "day";
                    /** @description By `reason` of failures, their `source` (the next hop’s reply or a report), `nextHop` that answered, and `delay` to its 250: as each was told, by whole days alone. */
                    group?: "state" | "template" | "domain" | "account" | "reason" | "source" | "nextHop" | "delay";
                    /** @description So many groups, those with the most recipients, by themselves; all others together are `group: null`. */
                    top?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The counts; buckets without any are left out */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Statistics"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules, their channels, and how many signals of each are open */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["SignalRule"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission signals:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One rule */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The rule */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignalRule"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission signals:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test over each channel of a rule, also one that is switched off */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description The deliveries, on their way */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["SignalDelivery"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission signals:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/{name}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deliveries of a rule, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["SignalDelivery"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission signals:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signal-deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One delivery, with what it says */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The delivery; `body` as it is sent to webhooks */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignalDelivery"] & {
                            body?: unknown;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission signals:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signal-deliveries/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a delivery again now, whatever became of it
         * @description Under the same id. A mail becomes another message.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description On its way */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignalDelivery"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission signals:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/{name}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a rule would have told in the past
         * @description Of the last seven days unless it is said otherwise. With `rule`, in the keys of the configuration, that one is tried instead of the configured one; channels can be left out. Nothing is told or written. Where there is too much to look at, the latest part is, and `complete` is false.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** Format: date-time */
                        from?: string;
                        /** Format: date-time */
                        to?: string;
                        /** @description As an entry of `signals` in the configuration. */
                        rule?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            responses: {
                /** @description What it would have done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignalTrial"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission signals:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/open-signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the rules found and is not over, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Of one rule. */
                    signal?: string;
                    /** @description `open,acknowledged` when left out. */
                    state?: string | string[];
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Signal"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/open-signals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One signal, also when it is over */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The signal */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Signal"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/{name}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Somebody takes care: a signal by its id, or all open ones of a rule
         * @description It is not repeated or escalated any more. More of the same opens it again after `group.within`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        note?: string;
                    };
                };
            };
            responses: {
                /** @description Those that were open */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Signal"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/open-signals/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Closes a signal by hand; more of the same opens a new one */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description As it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Signal"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Runs, those with the latest mail first
         * @description Mail that says that it belongs together, by X-Relais-Run, and bursts of one template of one account.
         */
        get: {
            parameters: {
                query?: {
                    account?: string;
                    template?: string;
                    held?: boolean;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Run"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The run */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Holds what waits of a run, and what still comes of it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description As it is now; the counts follow the feed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets all that is held of a run go on, and what still comes */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description As it is now; the counts follow the feed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/references": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules that find what mail is about, as they run, and how far the reader of attachments is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The rules */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["References"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/references/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What rules find in the newest messages, and what would come of it; changes nothing
         * @description Rules given are asked before those of the configuration. They read the content: `messages:content` is needed.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        rules?: components["schemas"]["ReferenceRule"][];
                        /** @description In place of those of the configuration. */
                        profiles?: ("headers" | "odoo" | "dolibarr" | "ubl" | "factur-x" | "afas" | "exact" | "business-central" | "sap")[];
                        filter?: components["schemas"]["MessageFilter"];
                        /** @description How many of the newest messages; 20 unless given. */
                        limit?: number;
                    };
                };
            };
            responses: {
                /** @description Newest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ReferenceTrial"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:content is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/references/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Finds anew, by the rules of the configuration, what messages are about
         * @description Of a filter, which must name at least one field, or `"all": true`. What rules found before changes, or goes; what the ERP said stays. `complete: false` asks for another call with `cursor`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        filter?: components["schemas"]["MessageFilter"];
                        /** @enum {boolean} */
                        all?: true;
                        /** @description Only counts. */
                        dryRun?: boolean;
                        /** @description `next` of the call before, with the same filter. */
                        cursor?: string;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReferencesApplied"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Kinds of mail that have no template, the ones with most mail first */
        get: {
            parameters: {
                query?: {
                    named?: boolean;
                    /** @description A part of name or pattern. */
                    q?: string;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Stream"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/streams/{stream}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Gives a stream a name, by which it is found as a template is; null takes it away */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    stream: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string | null;
                    };
                };
            };
            responses: {
                /** @description The stream */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Stream"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission queue:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cleanup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is kept for how long, the last runs of the clean-up, and the next */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The clean-up */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CleanupState"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Takes what retention says is over; with `dryRun` it only counts
         * @description A call that comes while a run is under way joins it.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        dryRun?: boolean;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, taken */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CleanupResult"];
                    };
                };
                /** @description It takes longer: what was taken so far */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CleanupResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The backups that there are, the one that is being made, and when the next is due */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The backups */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BackupState"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission backup:run is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Makes a backup while the relay works
         * @description Into the configured directory; another one, by its absolute path on the machine of the relay, only for the command line on that machine.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description Absolute; default: the configured one. */
                        dir?: string;
                        /** @description Of the newest; default: as configured, else all. */
                        keep?: number;
                    };
                };
            };
            responses: {
                /** @description It was made */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BackupResult"];
                    };
                };
                /** @description It takes longer */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BackupResult"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission backup:run is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/legal-hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts a message under a legal hold
         * @description Nothing erases it from then on: not its age, no erasure of an address, no deletion, not with `force` either. Delivery goes on.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @example Case 2026/114, kept for the court */
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description The hold */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LegalHold"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Lifts the legal hold of a message
         * @description Holds with a filter that it fits stay.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Lifted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/legal-holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All legal holds */
        get: {
            parameters: {
                query?: {
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The holds */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["LegalHold"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/legal-holds/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts all messages of a filter under a legal hold, also those that are still to come */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        filter: {
                            /**
                             * @description Whole address.
                             * @example ann@example.com
                             */
                            recipient?: string;
                            /**
                             * @description Domain of a recipient.
                             * @example example.com
                             */
                            domain?: string;
                            /** @description Whole address of the reverse-path; empty for the null one. */
                            sender?: string;
                            /** @description Any of these; repeated or joined by commas. */
                            account?: string[];
                            template?: string;
                            document?: string;
                            /** @description What the document is, such as `invoice`. */
                            documentType?: string;
                            contact?: string;
                            /** @description The books or company of the ERP. */
                            administration?: string;
                            /** @description `name` or `name=value`. */
                            tag?: string;
                            /** @description The Message-ID header, with or without angle brackets. */
                            messageId?: string;
                            /**
                             * Format: date-time
                             * @description Accepted at or after.
                             */
                            from?: string;
                            /**
                             * Format: date-time
                             * @description Accepted before.
                             */
                            to?: string;
                        };
                        /** @example Case 2026/114, kept for the court */
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description The hold */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LegalHold"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Lifts a legal hold with a filter */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Lifted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The records of erasures, newest first, and the one under way */
        get: {
            parameters: {
                query?: {
                    /** @description Those of this address. */
                    address?: string;
                    /** @description How many items at most. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The records */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Erasure"][];
                            work: components["schemas"]["ErasureWork"];
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Erases one person’s data
         * @description Messages to this address alone are erased; in all else that is kept the address is replaced by a salted hash of it, and contents and reports that name it lose their bytes. What lies under a legal hold stays. With `dryRun` it only counts. While something is still in the queue for the address it is refused (`pending`), unless `force` is given: then it is cancelled for this address.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @example ann@example.com */
                        address: string;
                        dryRun?: boolean;
                        force?: boolean;
                    };
                };
            };
            responses: {
                /** @description What was, or would be, done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErasureAnswer"];
                    };
                };
                /** @description It takes longer, and goes on */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErasureAnswer"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission messages:delete is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Something is in the queue (`pending`, with the count), or another erasure is under way (`busy`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller’s name and permissions */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The caller */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All tokens, with when each was last used */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The tokens */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Token"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a token, which is shown this once */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                        /** @description In place of the role’s. */
                        permissions?: ("messages:read" | "messages:content" | "messages:send" | "messages:resend" | "messages:delete" | "changes:read" | "queue:manage" | "sync:run" | "suppressions:manage" | "signals:manage" | "access:manage" | "settings:read" | "audit:read" | "backup:run")[];
                        /** @description Restricts to the mail of these accounts. */
                        accounts?: string[];
                        /** @example 90d */
                        expires?: string;
                        /** Format: date-time */
                        expiresAt?: string;
                    };
                };
            };
            responses: {
                /** @description The token */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewToken"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The name is taken (`exists`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a token */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes what a token may do, or when it expires; the token itself stays */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        role?: "viewer" | "operator" | "admin";
                        /** @description In place of the role’s; null: those of the role. */
                        permissions?: ("messages:read" | "messages:content" | "messages:send" | "messages:resend" | "messages:delete" | "changes:read" | "queue:manage" | "sync:run" | "suppressions:manage" | "signals:manage" | "access:manage" | "settings:read" | "audit:read" | "backup:run")[] | null;
                        /** @description Restricts to the mail of these accounts; null: all. */
                        accounts?: string[] | null;
                        /** @example 30s */
                        expires?: string;
                        /** Format: date-time */
                        expiresAt?: string;
                    };
                };
            };
            responses: {
                /** @description The token */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Token"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It would take away the caller’s own right to manage access (`own-access`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All users, with when each signed in last */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The users */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["User"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a user who signs in to the dashboard with a password */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        password: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                        /** @description In place of the role’s. */
                        permissions?: ("messages:read" | "messages:content" | "messages:send" | "messages:resend" | "messages:delete" | "changes:read" | "queue:manage" | "sync:run" | "suppressions:manage" | "signals:manage" | "access:manage" | "settings:read" | "audit:read" | "backup:run")[];
                        /** @description Restricts to the mail of these accounts. */
                        accounts?: string[];
                    };
                };
            };
            responses: {
                /** @description The user */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The name is taken (`exists`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The user */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Removes a user; open sessions end */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It is the caller (`own-access`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Changes what a user may do, sets a password, disables, or takes the second factor away
         * @description A new password, `disabled` and `totp: null` end the sessions that the user has open.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        role?: "viewer" | "operator" | "admin";
                        /** @description In place of the role’s; null: those of the role. */
                        permissions?: ("messages:read" | "messages:content" | "messages:send" | "messages:resend" | "messages:delete" | "changes:read" | "queue:manage" | "sync:run" | "suppressions:manage" | "signals:manage" | "access:manage" | "settings:read" | "audit:read" | "backup:run")[] | null;
                        /** @description Restricts to the mail of these accounts; null: all. */
                        accounts?: string[] | null;
                        password?: string;
                        disabled?: boolean;
                        /** @description Null: the second factor goes, for somebody who lost device and codes. */
                        totp?: null;
                    };
                };
            };
            responses: {
                /** @description The user */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `own-access`: it would take away the caller’s own way in. `managed-elsewhere`: that comes from the identity provider */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/sign-in-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes an address that signs a browser in once, within an hour, with full rights
         * @description For the command line on the relay’s own machine alone (`relais sign-in`): tokens get 403 (`local-only`).
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description The address */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInLink"];
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Browsers that are signed in, the latest first */
        get: {
            parameters: {
                query?: {
                    /** @description Those of this user. */
                    user?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The sessions */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Session"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a session: that browser is signed out */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Ended */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission access:manage is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is none of that name, or the caller may not see it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log, newest first: who looked at content, sent again, deleted, changed
         * @description Filters combine. Entries are appended, never changed.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Name of the user or token. */
                    by?: string;
                    action?: "content.read" | "report.read" | "report.submitted" | "report.linked" | "evidence.made" | "register.exported" | "message.resent" | "message.retried" | "message.held" | "message.released" | "message.cancelled" | "message.deleted" | "cleanup.run" | "legal-hold.set" | "legal-hold.lifted" | "subject.erased" | "references.applied" | "stream.named" | "sync.run" | "queue.paused" | "queue.resumed" | "queue.flushed" | "suppression.set" | "suppression.lifted" | "signal.changed" | "signal.tested" | "signal.retried" | "run.held" | "run.released" | "backup.made" | "user.created" | "user.changed" | "user.deleted" | "password.changed" | "totp.set" | "totp.removed" | "recovery.made" | "recovery.used" | "token.created" | "token.changed" | "token.revoked" | "session.opened" | "session.refused" | "session.ended";
                    subjectKind?: "message" | "report" | "document" | "address" | "next-hop" | "signal" | "legal-hold" | "user" | "token" | "session" | "stream" | "run" | "all";
                    /** @description Id of a message or report, name of a user or token, an address. */
                    subject?: string;
                    from?: string;
                    to?: string;
                    /** @description How many items at most. */
                    limit?: number;
                    /** @description Opaque: `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AuditEntry"][];
                            /** @description `cursor` of the next page; null at the end. */
                            next: string | null;
                        };
                    };
                };
                /** @description Something in the request is not valid: all faults are listed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No token, or one that is unknown, revoked or expired */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The permission audit:read is missing */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @description Stable; meant for programs. */
            code: string;
            detail: string;
            errors?: {
                in: string;
                path: string;
                detail: string;
            }[];
        };
        MessagePage: {
            items: components["schemas"]["MessageSummary"][];
            /** @description `cursor` of the next page; null at the end. */
            next: string | null;
            /**
             * Format: date-time
             * @description When the page was read.
             */
            asOf: string;
            /** @description All events up to this one are in the page; those after it follow with `GET /changes`. */
            seq: number;
        };
        MessageSummary: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            acceptedAt: string;
            account: string;
            /** @description The reverse-path; empty for the null one. */
            sender: string;
            subject: string | null;
            /** @description Without angle brackets. */
            messageId: string | null;
            /** @description Octets. */
            size: number;
            /** @enum {string} */
            state: "in-progress" | "transferred" | "delivered" | "failed" | "partly-failed" | "cancelled";
            template: string | null;
            document: string | null;
            /** @description What the document is: `invoice`, or as the ERP calls it. */
            documentType: string | null;
            contact: string | null;
            /** @description The books or company of the ERP that it is from. */
            administration: string | null;
            /** @description Where no template is named: what it shares with mail of the same kind. */
            stream: string | null;
            /** @description Where people named its stream; in lists of messages and of one. */
            streamName?: string | null;
            tags: {
                [key: string]: string;
            };
            /** @description The message that it was sent again from. */
            supersedes: string | null;
            /** @enum {string} */
            origin: "smtp" | "api" | "resend" | "notification";
            /** @description Of a notification: the message that it tells of. */
            concerns: string | null;
            /**
             * Format: date-time
             * @description Not tried before this time.
             */
            releaseAt: string | null;
            contentErased: boolean;
            recipients: {
                address: string;
                /** @enum {string} */
                state: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
                /** @enum {string|null} */
                category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown" | null;
            }[];
        };
        Message: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            acceptedAt: string;
            account: string;
            /** @description The reverse-path; empty for the null one. */
            sender: string;
            subject: string | null;
            /** @description Without angle brackets. */
            messageId: string | null;
            /** @description Octets. */
            size: number;
            /** @enum {string} */
            state: "in-progress" | "transferred" | "delivered" | "failed" | "partly-failed" | "cancelled";
            template: string | null;
            document: string | null;
            /** @description What the document is: `invoice`, or as the ERP calls it. */
            documentType: string | null;
            contact: string | null;
            /** @description The books or company of the ERP that it is from. */
            administration: string | null;
            /** @description Where no template is named: what it shares with mail of the same kind. */
            stream: string | null;
            /** @description Where people named its stream; in lists of messages and of one. */
            streamName?: string | null;
            tags: {
                [key: string]: string;
            };
            /** @description The message that it was sent again from. */
            supersedes: string | null;
            /** @enum {string} */
            origin: "smtp" | "api" | "resend" | "notification";
            /** @description Of a notification: the message that it tells of. */
            concerns: string | null;
            /**
             * Format: date-time
             * @description Not tried before this time.
             */
            releaseAt: string | null;
            contentErased: boolean;
            class: string | null;
            from: string | null;
            date: string | null;
            sha256: string;
            /** @description The messages that it was sent again as. */
            supersededBy: string[];
            /** @description Legal holds that it lies under: nothing erases it. */
            legalHolds: {
                name: string;
                reason: string;
                by: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
            }[];
            envelopeId: string | null;
            client: {
                address: string;
                helo: string;
                tls: {
                    version: string;
                    cipher: string;
                } | null;
                user: string | null;
            };
            recipients: {
                index: number;
                address: string;
                /** @enum {string} */
                state: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
                /** @enum {string|null} */
                category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown" | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                stateSince: string;
                /** @enum {string} */
                confidence: "recorded" | "accepted-by-provider" | "accepted-by-recipient-server" | "confirmed" | "quiet-period-passed" | "contradicted";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                nextAttemptAt: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                expiresAt: string;
                /**
                 * Format: date-time
                 * @description Transferred, and a report says that a server further on is still trying.
                 */
                delayedAt: string | null;
                failure: {
                    /** @enum {string} */
                    source: "attempt" | "report";
                    /** @enum {string} */
                    category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown";
                    status: string | null;
                    reply: components["schemas"]["Reply"];
                    addressInvalid: boolean;
                } | null;
                notify: "never" | ("success" | "failure" | "delay")[] | null;
                originalRecipient: {
                    type: string;
                    address: string;
                } | null;
                attempts: components["schemas"]["Attempt"][];
                reports: components["schemas"]["Report"][];
            }[];
            events: components["schemas"]["Event"][];
        };
        Reply: {
            code: number;
            /** @example 5.1.1 */
            status: string | null;
            text: string;
        } | null;
        Attempt: {
            number: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            at: string;
            durationMs: number | null;
            nextHop: string;
            address: string | null;
            tls: {
                version: string;
                cipher: string;
                /** @description the certificate was checked and held */
                verified: boolean;
                /**
                 * @description TLSA records, an MTA-STS policy with a certificate, or a certificate alone
                 * @enum {string|null}
                 */
                verifiedBy: "dane" | "mta-sts" | "ca" | null;
                /** @description name that the certificate had to bear */
                peerName: string | null;
                /** @description why it was not verified */
                problem: string | null;
            } | null;
            /**
             * @description Null while it runs.
             * @enum {string|null}
             */
            outcome: "transferred" | "deferred" | "failed" | "unanswered" | "internal" | null;
            reply: components["schemas"]["Reply"];
            /** @enum {string|null} */
            phase: "dns" | "connect" | "greeting" | "ehlo" | "starttls" | "auth" | "mail" | "rcpt" | "data" | "final" | "local" | null;
            /** @description The message may have been taken without our learning of it. */
            ambiguous: boolean;
            error: string | null;
            /** @description Of a transfer whose sender gave NOTIFY: whether the next hop took it over. Null: nothing was to be taken over. */
            dsnPassed: boolean | null;
            /** @description What the next hop named the message in its 250, as its logs and reports do. */
            remoteId: string | null;
        };
        Report: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            receivedAt: string;
            /** @enum {string} */
            via: "smtp" | "imap" | "api" | "file";
            /** @description Client address, mailbox or token that brought it. */
            source: string | null;
            /** @description Envelope recipient it came to, the signature of a token left out. */
            to: string | null;
            /**
             * @description `none`: it could not be read as a report.
             * @enum {string}
             */
            kind: "bounce" | "delayed" | "delivered" | "complaint" | "auto-reply" | "none";
            subject: string | null;
            originalMessageId: string | null;
            envelopeId: string | null;
            reportingMta: string | null;
            recipients: {
                address: string | null;
                action: string | null;
                status: string | null;
                replyCode: number | null;
                /** @enum {string} */
                category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown";
                addressInvalid: boolean;
                permanent: boolean;
                diagnostic: string | null;
            }[];
            matched: components["schemas"]["ReportMatch"];
            /** @description All recipients that it is tied to. */
            matches: components["schemas"]["ReportMatch"][];
            /** @description Why it was not believed or not understood; null when all is well. */
            trouble: string | null;
            size: number;
            sha256: string;
        };
        /** @description The first of `matches`; null: for the review list. */
        ReportMatch: {
            message: string;
            /** @description Of the recipient in the message. */
            index: number;
            /** @description What ties it, strongest first: 1 a signed token, 2 the envelope id, 3 the Message-ID, 4 recipient, time and subject. */
            rank: number;
            /** @description Who linked it by hand, and when; null: relais found it. */
            linked: {
                by: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
            } | null;
        } | null;
        Event: {
            seq: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            at: string;
            /** @enum {string} */
            type: "message.accepted" | "recipient.deferred" | "recipient.transferred" | "recipient.delivered" | "recipient.failed" | "recipient.expired" | "recipient.delayed" | "recipient.relayed" | "recipient.expanded" | "recipient.held" | "recipient.released" | "recipient.cancelled" | "recipient.suppressed" | "recipient.complained" | "recipient.auto-replied" | "message.referenced" | "message.resent" | "message.content-erased" | "message.deleted" | "report.unmatched" | "queue.blocked" | "queue.recovered" | "mailbox.failing" | "mailbox.recovered" | "channel.failing" | "channel.recovered" | "backup.failed" | "backup.made";
            message?: string;
            recipient?: string;
            index?: number;
            /** @enum {string} */
            state?: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
            /** @enum {string} */
            previous?: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
            /** @enum {string} */
            category?: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown";
            status?: string | null;
            reply?: components["schemas"]["Reply"];
            addressInvalid?: boolean;
            /** @enum {string} */
            source?: "attempt" | "report";
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            nextAttemptAt?: string;
            nextHop?: string;
            mailbox?: string;
            /** @description Of backups. */
            directory?: string;
            attempt?: number;
            ambiguous?: boolean;
            dsnPassed?: boolean;
            /**
             * @description How its message came in; absent: by SMTP.
             * @enum {string}
             */
            origin?: "api" | "resend" | "notification";
            report?: string;
            rank?: number;
            reason?: string;
            supersededBy?: string;
            /** @description Of `message.accepted`: of the content, in hex; `size` its octets. */
            sha256?: string;
            size?: number;
            domains?: {
                [key: string]: number;
            };
            account?: string;
            /** @description Of `message.referenced`: what changed, as it was before. */
            was?: {
                document?: string | null;
                documentType?: string | null;
                contact?: string | null;
                administration?: string | null;
                template?: string | null;
                tags?: {
                    [key: string]: string;
                };
            };
            /** @description Of `message.referenced`: how many recipients were in which state. */
            states?: {
                [key: string]: number;
            };
            document?: string;
            documentType?: string;
            contact?: string;
            administration?: string;
            template?: string;
            stream?: string;
        };
        MessageAttachments: {
            items: {
                /** @description From 1; names the file in its path. */
                number: number;
                /**
                 * @description Made safe to keep a file under.
                 * @example invoice-2026-0042.pdf
                 */
                name: string;
                /** @description As the sender declared it. */
                contentType: string;
                /** @description Octets of the file itself. */
                size: number;
                /** @description Meant to be shown within the text. */
                inline: boolean;
            }[];
            /**
             * @description Why the rest was not read: more parts, or deeper, than is read; or it took too long. Null: these are all.
             * @enum {string|null}
             */
            incomplete: "limits" | "time" | null;
        };
        SentMessage: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            acceptedAt: string;
            account: string;
            /** @description Without angle brackets. */
            messageId: string | null;
            sender: string;
            recipients: string[];
            size: number;
            /** @description The message that it was sent again from. */
            supersedes: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            releaseAt: string | null;
        };
        SendMessage: {
            from: string | {
                name?: string;
                address: string;
            };
            to?: string | {
                name?: string;
                address: string;
            } | (string | {
                name?: string;
                address: string;
            })[];
            cc?: string | {
                name?: string;
                address: string;
            } | (string | {
                name?: string;
                address: string;
            })[];
            /** @description Get it too, and stand in no header field. */
            bcc?: string | {
                name?: string;
                address: string;
            } | (string | {
                name?: string;
                address: string;
            })[];
            replyTo?: string | {
                name?: string;
                address: string;
            } | (string | {
                name?: string;
                address: string;
            })[];
            subject?: string;
            text?: string;
            html?: string;
            attachments?: {
                filename?: string;
                /** @description By the file name’s ending when left out. */
                contentType?: string;
                /**
                 * Format: byte
                 * @description Base64.
                 */
                content: string;
                /** @description For what the HTML shows as `cid:…`. */
                contentId?: string;
            }[];
            /** @description Further header fields, each a text or a list of texts. */
            headers?: {
                [key: string]: string | string[];
            };
            /** @description What the mail is about; in place of the `X-Relais-*` header fields. */
            references?: {
                document?: string;
                documentType?: string;
                contact?: string;
                administration?: string;
                template?: string;
                class?: string;
                tags?: {
                    [key: string]: string;
                };
            };
            /** @description Whose mail it is; needed where the caller may send for several. */
            account?: string;
            /**
             * Format: date-time
             * @description Not before this time.
             */
            sendAt?: string;
            /** @description Where reverse-path or recipients are not those of the header; `from` empty for the null reverse-path. */
            envelope?: {
                from?: string;
                recipients?: string[];
            };
            /** @description NOTIFY of RFC 3461, for every recipient. */
            notify?: "never" | ("success" | "failure" | "delay")[];
            /**
             * @description RET of RFC 3461.
             * @enum {string}
             */
            ret?: "full" | "hdrs";
            /** @description ENVID of RFC 3461. */
            envelopeId?: string;
            /** @description REQUIRETLS of RFC 8689. */
            requireTls?: boolean;
        };
        DeleteResult: {
            dryRun: boolean;
            matched: number;
            /** @description With dryRun: how many would be. */
            erased: number;
            /** @description Still in the queue, and kept. */
            pending: number;
            /** @description Under a legal hold, and kept. */
            legalHold: number;
            notFound: number;
            /** @description False: the time of one call was over; call again for the rest. */
            complete: boolean;
        };
        MessageFilter: {
            /** @description Any of these, of the message or of any of its recipients; repeated or joined by commas. */
            state?: ("in-progress" | "transferred" | "delivered" | "failed" | "partly-failed" | "cancelled" | "queued" | "deferred" | "held" | "expired" | "suppressed")[];
            /**
             * @description Whole address.
             * @example ann@example.com
             */
            recipient?: string;
            /**
             * @description Domain of a recipient.
             * @example example.com
             */
            domain?: string;
            /** @description Whole address of the reverse-path; empty for the null one. */
            sender?: string;
            /** @description Any of these; repeated or joined by commas. */
            account?: string[];
            template?: string;
            document?: string;
            /** @description What the document is, such as `invoice`. */
            documentType?: string;
            contact?: string;
            /** @description The books or company of the ERP. */
            administration?: string;
            /** @description Any of these fingerprints; repeated or joined by commas. */
            stream?: string[];
            /** @description `name` or `name=value`. */
            tag?: string;
            /** @description The Message-ID header, with or without angle brackets. */
            messageId?: string;
            /** @description Words of addresses, subject, document and Message-ID; each may be the beginning of one. */
            q?: string;
            /**
             * Format: date-time
             * @description Accepted at or after.
             */
            from?: string;
            /**
             * Format: date-time
             * @description Accepted before.
             */
            to?: string;
        };
        ActionResult: {
            id: string;
            /** @enum {string} */
            state: "in-progress" | "transferred" | "delivered" | "failed" | "partly-failed" | "cancelled";
            recipients: {
                index: number;
                address: string;
                /** @enum {string} */
                state: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
                /** @enum {string|null} */
                category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown" | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                stateSince: string;
                /** @enum {string} */
                confidence: "recorded" | "accepted-by-provider" | "accepted-by-recipient-server" | "confirmed" | "quiet-period-passed" | "contradicted";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                nextAttemptAt: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                expiresAt: string;
                /**
                 * Format: date-time
                 * @description Transferred, and a report says that a server further on is still trying.
                 */
                delayedAt: string | null;
                failure: {
                    /** @enum {string} */
                    source: "attempt" | "report";
                    /** @enum {string} */
                    category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown";
                    status: string | null;
                    reply: components["schemas"]["Reply"];
                    addressInvalid: boolean;
                } | null;
                changed: boolean;
            }[];
        };
        BulkResult: {
            dryRun: boolean;
            /** @description Messages that were looked at. */
            matched: number;
            /** @description In which there was nothing to do. */
            unchanged: number;
            notFound: number;
            /** @description False: the time of one call was over; call again with `next` as `cursor`. */
            complete: boolean;
            next: string | null;
            /** @description Messages. With dryRun: how many would be. */
            changed: number;
            /** @description Recipients of these that changed. */
            recipients: number;
        };
        ResendResult: {
            dryRun: boolean;
            /** @description Messages that were looked at. */
            matched: number;
            /** @description In which there was nothing to do. */
            unchanged: number;
            notFound: number;
            /** @description False: the time of one call was over; call again with `next` as `cursor`. */
            complete: boolean;
            next: string | null;
            /** @description Messages sent again. With dryRun: how many would be. */
            resent: number;
            recipients: number;
            /** @description Sent again before, and left alone. */
            before: number;
            failed: number;
            /** @description Each message with the id of the one that replaces it. */
            messages: {
                message: string;
                id: string;
            }[];
            /** @description The first 100. */
            failures: {
                message: string;
                code: string;
                detail: string;
            }[];
        };
        Evidence: {
            statement: {
                /** @enum {string} */
                format: "relais-evidence/1";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                madeAt: string;
                madeBy: {
                    kind: string;
                    name: string;
                };
                relay: {
                    hostname: string;
                    version: string;
                };
                /** @enum {string} */
                language: "en" | "fr" | "nl" | "de";
                subject: {
                    /** @enum {string} */
                    kind: "message";
                    message: string;
                } | {
                    /** @enum {string} */
                    kind: "document";
                    document: string;
                    administration: string | null;
                    verdict: string;
                    reason: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC.
                     */
                    since: string;
                    more: boolean;
                };
                messages: {
                    id: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC.
                     */
                    acceptedAt: string;
                    account: string;
                    /** @enum {string} */
                    origin: "smtp" | "api" | "resend" | "notification";
                    client: {
                        address: string;
                        helo: string;
                        tls: {
                            version: string;
                            cipher: string;
                        } | null;
                        user: string | null;
                    };
                    sender: string;
                    subject: string | null;
                    from: string | null;
                    date: string | null;
                    messageId: string | null;
                    envelopeId: string | null;
                    document: string | null;
                    documentType: string | null;
                    contact: string | null;
                    administration: string | null;
                    supersedes: string | null;
                    supersededBy: string[];
                    size: number;
                    /** @description SHA-256 in hex. */
                    sha256: string;
                    contentKept: boolean;
                    /** @enum {string} */
                    state: "in-progress" | "transferred" | "delivered" | "failed" | "partly-failed" | "cancelled";
                    recipients: {
                        index: number;
                        address: string;
                        /** @enum {string} */
                        state: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC.
                         */
                        stateSince: string;
                        /** @enum {string} */
                        confidence: "recorded" | "accepted-by-provider" | "accepted-by-recipient-server" | "confirmed" | "quiet-period-passed" | "contradicted";
                        /** @description What that says, in a sentence of the language. */
                        means: string;
                        doesNotProve: string[];
                        failure: {
                            /** @enum {string} */
                            source: "attempt" | "report";
                            category: string;
                            status: string | null;
                            reply: components["schemas"]["Reply"];
                            addressInvalid: boolean;
                        } | null;
                        attempts: {
                            number: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC.
                             */
                            at: string;
                            durationMs: number | null;
                            nextHop: string;
                            address: string | null;
                            tls: {
                                version: string;
                                cipher: string;
                                /** @description the certificate was checked and held */
                                verified: boolean;
                                /**
                                 * @description TLSA records, an MTA-STS policy with a certificate, or a certificate alone
                                 * @enum {string|null}
                                 */
                                verifiedBy: "dane" | "mta-sts" | "ca" | null;
                                /** @description name that the certificate had to bear */
                                peerName: string | null;
                                /** @description why it was not verified */
                                problem: string | null;
                            } | null;
                            /**
                             * @description Null while it runs.
                             * @enum {string|null}
                             */
                            outcome: "transferred" | "deferred" | "failed" | "unanswered" | "internal" | null;
                            reply: components["schemas"]["Reply"];
                            /** @enum {string|null} */
                            phase: "dns" | "connect" | "greeting" | "ehlo" | "starttls" | "auth" | "mail" | "rcpt" | "data" | "final" | "local" | null;
                            /** @description The message may have been taken without our learning of it. */
                            ambiguous: boolean;
                            error: string | null;
                        }[];
                        reports: {
                            id: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC.
                             */
                            receivedAt: string;
                            via: string;
                            kind: string;
                            reportingMta: string | null;
                            action: string | null;
                            status: string | null;
                            diagnostic: string | null;
                            size: number;
                            /** @description SHA-256 in hex. */
                            sha256: string;
                            /** @description How surely it is tied to the recipient: 1 the surest, 4 the least. */
                            rank: number;
                            rankMeans: string;
                            linked: {
                                by: string | null;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC.
                                 */
                                at: string;
                            } | null;
                        }[];
                    }[];
                    events: {
                        plain: {
                            [key: string]: unknown;
                        };
                        personal: {
                            [key: string]: unknown;
                        };
                        /** @description Null: a person was taken out of it. */
                        salt: string | null;
                        /** @description SHA-256 in hex. */
                        personalHash: string;
                        /** @description SHA-256 in hex. */
                        leaf: string;
                        /** @description SHA-256 in hex. */
                        chain: string;
                        /** @enum {string} */
                        state: "sealed" | "unsealed" | "unknown";
                        seal: number | null;
                        path: string[];
                    }[];
                }[];
                seals: components["schemas"]["Seal"][];
                head: components["schemas"]["Seal"] & (Record<string, never> | null);
                /** @description What nothing of it proves. */
                limits: string[];
            };
            signature: components["schemas"]["EvidenceKey"] & {
                /** @description Base64, over `statement` in canonical form (RFC 8785). */
                value: string;
            };
        };
        Seal: {
            ledger: string;
            number: number;
            from: number;
            to: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            at: string;
            /** @description SHA-256 in hex. */
            root: string;
            /** @description SHA-256 in hex. */
            previous: string | null;
            key: string;
            /** @description Base64, over all else of it in canonical form (RFC 8785). */
            signature: string;
        };
        EvidenceKey: {
            /** @enum {string} */
            algorithm: "Ed25519";
            /** @description Fingerprint: SHA-256, in hex, of the SubjectPublicKeyInfo in DER. */
            key: string;
            /** @description PEM. */
            publicKey: string;
        };
        DocumentSummary: {
            document: string;
            documentType: string | null;
            administration: string | null;
            /** @description That have a document of the same name; null: mail that names none. */
            otherAdministrations: (string | null)[];
            contact: string | null;
            template: string | null;
            /** @description Of the newest mail. */
            subject: string | null;
            /** @enum {string} */
            verdict: "delivered" | "transferred" | "unknown" | "at-risk" | "failed";
            /**
             * Format: date-time
             * @description From when the verdict holds.
             */
            since: string;
            /**
             * @description Whether every recipient in To has to have it, or any: `references.verdict`.
             * @enum {string}
             */
            policy: "every" | "any";
            why: components["schemas"]["VerdictWhy"];
            /** @description Recipients that count, by their own verdict. */
            counts: {
                delivered: number;
                transferred: number;
                unknown: number;
                "at-risk": number;
                failed: number;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            lastMailAt: string | null;
            /** @description The ERP’s page of it: `references.documentUrl`. */
            url: string | null;
            contactUrl: string | null;
            /** @description At most 20, those that ask for action first. */
            recipients: {
                address: string;
                /** @enum {string} */
                verdict: "delivered" | "transferred" | "unknown" | "at-risk" | "failed";
                copy: boolean;
            }[];
            recipientCount: number;
            messageCount: number;
            /** @description There is more mail than was looked at. */
            more: boolean;
        };
        VerdictWhy: {
            /** @enum {string} */
            reason: "confirmed" | "accepted-by-recipient-server" | "accepted-by-provider" | "queued" | "scheduled" | "cancelled" | "waiting" | "deferred" | "held" | "delayed" | "refused" | "bounced" | "expired" | "suppressed";
            /** @description Of the recipient that decides. */
            address: string;
            message: string;
            /** @enum {string|null} */
            category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown" | null;
            addressInvalid: boolean;
            reply: components["schemas"]["Reply"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            nextAttemptAt: string | null;
            /** @description The address that it was first sent to, where that was corrected. */
            correctedFrom: string | null;
        };
        Document: {
            document: string;
            documentType: string | null;
            administration: string | null;
            /** @description That have a document of the same name; null: mail that names none. */
            otherAdministrations: (string | null)[];
            contact: string | null;
            template: string | null;
            /** @description Of the newest mail. */
            subject: string | null;
            /** @enum {string} */
            verdict: "delivered" | "transferred" | "unknown" | "at-risk" | "failed";
            /**
             * Format: date-time
             * @description From when the verdict holds.
             */
            since: string;
            /**
             * @description Whether every recipient in To has to have it, or any: `references.verdict`.
             * @enum {string}
             */
            policy: "every" | "any";
            why: components["schemas"]["VerdictWhy"];
            /** @description Recipients that count, by their own verdict. */
            counts: {
                delivered: number;
                transferred: number;
                unknown: number;
                "at-risk": number;
                failed: number;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            lastMailAt: string | null;
            /** @description The ERP’s page of it: `references.documentUrl`. */
            url: string | null;
            contactUrl: string | null;
            recipients: {
                /** @description As it was last sent to. */
                address: string;
                /** @description Named in Cc, or in no field: shown, and not counted where others are named in To. */
                copy: boolean;
                /** @enum {string} */
                verdict: "delivered" | "transferred" | "unknown" | "at-risk" | "failed";
                /** @enum {string} */
                reason: "confirmed" | "accepted-by-recipient-server" | "accepted-by-provider" | "queued" | "scheduled" | "cancelled" | "waiting" | "deferred" | "held" | "delayed" | "refused" | "bounced" | "expired" | "suppressed";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                since: string;
                /** @description The mail that says so. */
                message: string | null;
                steps: {
                    message: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC.
                     */
                    acceptedAt: string;
                    /**
                     * @description How it follows the one before: sent again to the same address, to a corrected one, or sent anew by the ERP. Oldest first.
                     * @enum {string}
                     */
                    link: "first" | "resent" | "corrected" | "again";
                    address: string;
                    /** @enum {string} */
                    state: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC.
                     */
                    stateSince: string;
                    /** @enum {string|null} */
                    category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown" | null;
                    /** @description The address itself is dead. */
                    addressInvalid: boolean;
                    reply: components["schemas"]["Reply"];
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC.
                     */
                    nextAttemptAt: string | null;
                }[];
            }[];
            /** @description Newest first. */
            messages: components["schemas"]["MessageSummary"][];
            /** @description There is more mail than was looked at. */
            more: boolean;
        };
        ContactSummary: {
            /** @description As it was last written to. */
            address: string;
            /**
             * @description `problem`: the last mail that ended failed, and was not sent to a corrected address since; `settled`: it was; `fine`; `waiting`: nothing has ended; `unknown`: all was cancelled.
             * @enum {string}
             */
            state: "problem" | "waiting" | "fine" | "settled" | "unknown";
            contact: string | null;
            /** @description The ERP’s page of it: `references.contactUrl`. */
            contactUrl: string | null;
            /** @description What it was perhaps meant to be. */
            suggestion: {
                address: string;
                /**
                 * @description A large provider, or a domain that mail goes to.
                 * @enum {string}
                 */
                because: "provider" | "known";
                /** @description By its MX records; null: not looked up yet. */
                takesMail: boolean | null;
            } | null;
            last: components["schemas"]["ContactMail"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            lastMailAt: string | null;
        };
        /** @description The mail that says how it stands: the last that ended. */
        ContactMail: {
            message: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            acceptedAt: string;
            account: string;
            subject: string | null;
            document: string | null;
            documentType: string | null;
            template: string | null;
            address: string;
            /** @enum {string} */
            state: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            stateSince: string;
            /** @enum {string|null} */
            category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown" | null;
            /** @description The address itself is dead. */
            addressInvalid: boolean;
            reply: components["schemas"]["Reply"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            nextAttemptAt: string | null;
            /** @description Where it failed: the address that it was sent to instead. */
            correctedTo: {
                address: string;
                message: string;
            } | null;
            contentErased: boolean;
        } | null;
        Contact: {
            /** @description As it was last written to. */
            address: string;
            /**
             * @description `problem`: the last mail that ended failed, and was not sent to a corrected address since; `settled`: it was; `fine`; `waiting`: nothing has ended; `unknown`: all was cancelled.
             * @enum {string}
             */
            state: "problem" | "waiting" | "fine" | "settled" | "unknown";
            contact: string | null;
            /** @description The ERP’s page of it: `references.contactUrl`. */
            contactUrl: string | null;
            /** @description What it was perhaps meant to be. */
            suggestion: {
                address: string;
                /**
                 * @description A large provider, or a domain that mail goes to.
                 * @enum {string}
                 */
                because: "provider" | "known";
                /** @description By its MX records; null: not looked up yet. */
                takesMail: boolean | null;
            } | null;
            last: components["schemas"]["ContactMail"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            lastMailAt: string | null;
            /**
             * Format: date-time
             * @description The first failure since mail last came through.
             */
            failingSince: string | null;
            /** @description Mail that failed since then and was not sent to a corrected address. */
            failed: {
                count: number;
                more: boolean;
            };
            /** @description Mail to it that is still in the queue. */
            pending: {
                count: number;
                more: boolean;
            };
            suppression: {
                /** @enum {string} */
                reason: "bounce" | "complaint" | "manual";
                note: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                until: string | null;
            } | null;
            /** @description Newest first. */
            mails: components["schemas"]["ContactMail"][];
            /** @description There is older mail: `GET /messages?recipient=`. */
            more: boolean;
        };
        CorrectionResult: {
            address: string;
            to: string;
            dryRun: boolean;
            /** @description Mail that had failed, and was or would be sent to the corrected address. */
            failed: number;
            /** @description Mail that waited, and was or would be sent to the corrected address and cancelled for the old one. */
            moved: number;
            /** @description Mail that was sent to a corrected address before. */
            before: number;
            /** @description Mail that is held: left as it is. */
            held: number;
            /** @description Mail whose content was erased. */
            unsendable: number;
            /** @description Of those named: mail that reached the address, or waits and was not to be moved. */
            unchanged: number;
            /** @description Of those named: no message, or none to this address. */
            notFound: number;
            failures: {
                message: string;
                code: string;
                detail: string;
            }[];
            /** @description What was sent again, as which message. */
            messages: {
                message: string;
                id: string;
            }[];
            /** @description False: there is more; the same call goes on. */
            complete: boolean;
        };
        Changes: {
            items: components["schemas"]["Event"][];
            /** @description `after` for the next call. */
            last: number;
        };
        Consumer: {
            name: string;
            seq: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            at: string;
            /** @description Events after it. */
            behind: number;
        };
        Queue: {
            items: components["schemas"]["NextHop"][];
            totals: {
                messages: number;
                queued: number;
                deferred: number;
                held: number;
            };
        };
        NextHop: {
            nextHop: string;
            /** @enum {string} */
            via: "smarthost" | "mx" | "sandbox" | "hold";
            /** @enum {string} */
            state: "active" | "paused" | "blocked";
            waiting: number;
            attempting: number;
            connections: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            oldestAt: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            nextDueAt: string | null;
            lastReply: components["schemas"]["Reply"];
            lastError: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            blockedUntil: string | null;
            paused: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                /** @description Name of the token or user. */
                by: string | null;
            } | null;
        };
        Suppression: {
            address: string;
            /** @enum {string} */
            reason: "bounce" | "complaint" | "manual";
            note: string | null;
            /** @description Token or user; null: relais itself. */
            by: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            at: string;
            /**
             * Format: date-time
             * @description From when it no longer holds; null: until it is lifted.
             */
            until: string | null;
            /** @description The message whose report led to it. */
            message: string | null;
        };
        LiftResult: {
            /** @enum {boolean} */
            lifted: true;
            /** @description Messages that were not sent to the address because of it, newest first. */
            suppressed: components["schemas"]["MessageSummary"][];
            /** @description `cursor` of GET /messages?state=suppressed&recipient=… for more. */
            next: string | null;
            /** @description With `resend`: each message with the id of the one that replaces it. */
            resent: {
                message: string;
                id: string;
            }[];
            failures: {
                message: string;
                code: string;
                detail: string;
            }[];
        };
        ReportCandidate: {
            message: string;
            index: number;
            /** @description What speaks for it, as in `matches`; null: only that it went to this recipient. */
            rank: number | null;
            address: string;
            /** @enum {string} */
            state: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
            subject: string | null;
            messageId: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            acceptedAt: string;
            account: string;
        };
        LinkResult: {
            report: components["schemas"]["Report"];
            recipients: {
                message: string;
                index: number;
                address: string;
                /** @enum {string} */
                state: "queued" | "deferred" | "held" | "transferred" | "delivered" | "failed" | "expired" | "cancelled" | "suppressed";
                /** @enum {string|null} */
                category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown" | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                stateSince: string;
                /** @enum {string} */
                confidence: "recorded" | "accepted-by-provider" | "accepted-by-recipient-server" | "confirmed" | "quiet-period-passed" | "contradicted";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                nextAttemptAt: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                expiresAt: string;
                /**
                 * Format: date-time
                 * @description Transferred, and a report says that a server further on is still trying.
                 */
                delayedAt: string | null;
                failure: {
                    /** @enum {string} */
                    source: "attempt" | "report";
                    /** @enum {string} */
                    category: "mailbox-unknown" | "domain-unknown" | "mailbox-full" | "mailbox-disabled" | "too-big" | "blocked" | "auth" | "spam" | "virus" | "policy" | "rate" | "transient" | "unknown";
                    status: string | null;
                    reply: components["schemas"]["Reply"];
                    addressInvalid: boolean;
                } | null;
                /** @description False: the report said nothing new of it. */
                changed: boolean;
            }[];
        };
        SyncStatus: {
            running: boolean;
            mailboxes: {
                name: string;
                folder: string;
                /** @enum {string} */
                state: "connected" | "waiting" | "failing" | "stopped";
                /**
                 * Format: date-time
                 * @description Null: it waits for the server to say that mail came.
                 */
                nextRunAt: string | null;
                lastRun: {
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC.
                     */
                    startedAt: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC.
                     */
                    endedAt: string;
                    /** @description Reports that were taken in. */
                    taken: number;
                    /** @description Of them, those that came before: they changed nothing. */
                    repeated: number;
                    /** @description Of them, those that fit no message: for the review list. */
                    unmatched: number;
                    /** @description Mail that is no report, and was left as it is. */
                    left: number;
                    /** @description Why it ended early, or left something undone. */
                    error: string | null;
                } | null;
            }[];
        };
        Statistics: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            from: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            to: string;
            /** @enum {string} */
            by: "hour" | "day";
            /** @enum {string} */
            group: "state" | "template" | "domain" | "account" | "reason" | "source" | "nextHop" | "delay";
            items: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                /** @description Null: all that are not among the `top`. */
                group: string | null;
                /** @description Recipients by present state; of reasons, sources, next hops and delays by the state that each led to. */
                states: {
                    [key: string]: number;
                };
            }[];
        };
        SignalRule: {
            name: string;
            on: ("message.accepted" | "recipient.deferred" | "recipient.transferred" | "recipient.delivered" | "recipient.failed" | "recipient.expired" | "recipient.delayed" | "recipient.relayed" | "recipient.expanded" | "recipient.held" | "recipient.released" | "recipient.cancelled" | "recipient.suppressed" | "recipient.complained" | "recipient.auto-replied" | "message.referenced" | "message.resent" | "message.content-erased" | "message.deleted" | "report.unmatched" | "queue.blocked" | "queue.recovered" | "mailbox.failing" | "mailbox.recovered" | "channel.failing" | "channel.recovered" | "backup.failed" | "backup.made")[];
            where: {
                [key: string]: string[];
            };
            afterMs: number | null;
            threshold: {
                [key: string]: unknown;
            } | null;
            expect: {
                [key: string]: unknown;
            } | null;
            /** @description Null: each event is told by itself. Milliseconds. */
            group: {
                by: string[];
                within: number;
                wait: number;
            } | null;
            quiet: {
                [key: string]: unknown;
            } | null;
            digest: {
                [key: string]: unknown;
            } | null;
            repeatMs: number | null;
            escalateAfterMs: number | null;
            channels: components["schemas"]["SignalChannel"][];
            /** @description Signals that are not over. */
            open: number;
            unacknowledged: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            lastAt: string | null;
        };
        SignalChannel: {
            name: string;
            /** @enum {string} */
            kind: "webhook" | "mail" | "command";
            /** @description Told only when a signal is escalated. */
            escalation: boolean;
            /**
             * @description `off`: it answered 410.
             * @enum {string}
             */
            state: "on" | "failing" | "off";
            waiting: number;
            lastError: string | null;
        };
        SignalDelivery: {
            /** @description Also the `webhook-id`. */
            id: string;
            /** @description Name of the rule. */
            signal: string;
            /** @description Which of the rule’s channels, from 0. */
            channel: number;
            /** @description The event that it tells of; 0: of none. */
            seq: number;
            /** @enum {string} */
            reason: "event" | "raised" | "grown" | "repeated" | "escalated" | "digest" | "closed" | "test";
            /** @description Id of the signal that it tells of; null: an event by itself. */
            record: string | null;
            /** @description Of mail: the address. */
            to: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * @description `delivered`: the channel took it; of mail see `message`.
             * @enum {string}
             */
            state: "pending" | "delivered" | "failed";
            attempts: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            nextAttemptAt: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            lastAttemptAt: string | null;
            lastAnswer: string | null;
            /** @description Of mail: the message that it became. */
            message: string | null;
        };
        SignalTrial: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            from: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            to: string;
            /** @description False: only a part of the time was looked at, that from `from` to `to`. */
            complete: boolean;
            /** @description Events that the rule means. */
            events: number;
            /** @description How often somebody would have been told. */
            fired: number;
            /** @description Signals that would have been opened. */
            signals: number;
            days: {
                date: string;
                fired: number;
            }[];
            examples: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                /** @enum {string} */
                reason: "event" | "raised" | "grown" | "repeated" | "escalated" | "digest" | "closed" | "test";
                title: string;
                count: number;
                message: string | null;
            }[];
        };
        Signal: {
            id: string;
            rule: string;
            /** @example partner.example refuses our mail – 312 recipients */
            title: string;
            /** @enum {string} */
            state: "open" | "acknowledged" | "closed";
            cause: {
                [key: string]: string;
            };
            count: number;
            /** @description Recipients that still have to go through. */
            unresolved: number;
            resolved: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            openedAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            lastAt: string;
            /** @description How often. */
            told: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            toldAt: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            escalatedAt: string | null;
            acknowledged: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                by: string | null;
                note: string | null;
            } | null;
            /** @description `resolved`: all of it went through since; `recovered`: it works again; `quiet`: nothing of the kind for long. */
            closed: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                by: string | null;
                /** @enum {string} */
                why: "resolved" | "recovered" | "quiet" | "person";
            } | null;
            /** @description Ids of the first and the latest. */
            messages: string[];
        };
        Run: {
            id: string;
            /** @description As in the `cause` of signals. */
            key: string;
            account: string;
            /** @description Of X-Relais-Run; null: a burst of one template that nobody named. */
            name: string | null;
            template: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description Of its last message.
             */
            lastAt: string;
            /** @description Messages that it is to have, as it says. */
            expected: number | null;
            /** @description Messages that came. */
            received: number;
            missing: number;
            recipients: number;
            /** @description Recipients, as are those that follow. */
            waiting: number;
            held: number;
            /** @description With those that were delivered. */
            transferred: number;
            /** @description With those that expired or are suppressed. */
            failed: number;
            cancelled: number;
            states: {
                queued?: number;
                deferred?: number;
                held?: number;
                transferred?: number;
                delivered?: number;
                failed?: number;
                expired?: number;
                cancelled?: number;
                suppressed?: number;
            };
            /** @description The same document to the same recipient. */
            duplicates: number;
            /** @description Of these, those that are the same octet for octet. */
            identical: number;
            duplicateExamples: {
                message: string;
                of: string;
                index: number;
                identical: boolean;
            }[];
            /** @description The latest. */
            failures: {
                message: string;
                index: number;
                category: string | null;
            }[];
            /** @description What waits of it, and what comes, is held: by a person or by a rule. */
            hold: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                by: string | null;
                rule: string | null;
            } | null;
            released: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                by: string;
            } | null;
        };
        References: {
            /** @description In the order in which they are asked, after the rules. */
            profiles: string[];
            rules: {
                /** @enum {string} */
                field: "document" | "documentType" | "contact" | "administration" | "template" | "tag";
                tag?: string;
                /** @enum {string} */
                from: "subject" | "from" | "messageId" | "header" | "attachment" | "xml";
                header?: string;
                path?: string[];
                pattern?: string;
                unless?: string;
                value?: string;
                map?: {
                    [key: string]: string;
                };
            }[];
            /** @description Octets of a message up to which its attachments are read; 0: never. */
            attachments: number;
            streams: boolean;
            /** @description Events of the feed that are still to be read for attachments and streams. */
            behind: number;
        };
        ReferenceTrial: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            acceptedAt: string;
            account: string;
            subject: string | null;
            /** @description False: its content is gone, and what is recorded alone was asked. */
            read: boolean;
            findings: {
                /** @description Null: one of the rules, those given in front. */
                profile: string | null;
                index: number;
                /** @enum {string} */
                field: "document" | "documentType" | "contact" | "administration" | "template" | "tag";
                tag: string | null;
                value: string;
                /** @description The first that found something for its field, where the ERP did not say it. */
                decides: boolean;
            }[];
            before: {
                document: string | null;
                documentType: string | null;
                contact: string | null;
                administration: string | null;
                template: string | null;
                tags: {
                    [key: string]: string;
                };
            };
            after: {
                document: string | null;
                documentType: string | null;
                contact: string | null;
                administration: string | null;
                template: string | null;
                tags: {
                    [key: string]: string;
                };
            };
        };
        ReferenceRule: {
            /** @enum {string} */
            field: "document" | "documentType" | "contact" | "administration" | "template" | "tag";
            tag?: string;
            /** @enum {string} */
            from: "subject" | "from" | "messageId" | "header" | "attachment" | "xml";
            header?: string;
            path?: string[];
            pattern?: string;
            unless?: string;
            value?: string;
            map?: {
                [key: string]: string;
            };
        };
        ReferencesApplied: {
            dryRun: boolean;
            matched: number;
            /** @description With dryRun: how many would be. */
            changed: number;
            /** @description How many changed in which field. */
            fields: {
                [key: string]: number;
            };
            /** @description Without content: what was found in it before stays. */
            unread: number;
            examples: {
                message: string;
                before: {
                    document?: string | null;
                    documentType?: string | null;
                    contact?: string | null;
                    administration?: string | null;
                    template?: string | null;
                    tags?: {
                        [key: string]: string;
                    };
                };
                after: {
                    document: string | null;
                    documentType: string | null;
                    contact: string | null;
                    administration: string | null;
                    template: string | null;
                    tags: {
                        [key: string]: string;
                    };
                };
            }[];
            /** @description False: the time of one call was over; call again with `next` as `cursor`. */
            complete: boolean;
            next: string | null;
        };
        Stream: {
            stream: string;
            name: string | null;
            named: {
                by: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
            } | null;
            account: string;
            /** @description Its subjects, with what varies taken out. */
            pattern: string;
            /** @description Id of one of its messages. */
            example: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            firstAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            lastAt: string;
            /** @description How many were counted, roughly. */
            messages: number;
        };
        CleanupState: {
            retention: components["schemas"]["Retention"];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            nextRunAt: string | null;
            running: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                startedAt: string;
                by: string | null;
                counts: components["schemas"]["CleanupCounts"];
            } | null;
            /** @description The last dry run. */
            planned: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                at: string;
                counts: components["schemas"]["CleanupCounts"] & (Record<string, never> | null);
            } | null;
            lastRun: components["schemas"]["CleanupRun"];
            /** @description Newest first. */
            runs: components["schemas"]["CleanupRun"][];
        };
        Retention: {
            schedule: string;
            /** @description Seconds. */
            content: number;
            /** @description Seconds. */
            records: number;
            /** @description Seconds. */
            events: number;
            /** @description Seconds. */
            reports: number;
            /** @description Null: for ever. */
            audit: number | null;
            /** @description Seconds. */
            patience: number | null;
            classes: {
                name: string;
                match: {
                    account?: string[];
                    template?: string[];
                    class?: string[];
                    documentType?: string[];
                    administration?: string[];
                    stream?: string[];
                    tag?: string[];
                    sender?: string[];
                };
                /** @description Seconds. */
                content: number;
                /** @description Seconds. */
                records: number;
            }[];
        };
        CleanupCounts: {
            /** @description Messages whose content goes. */
            contents: number;
            /** @description Messages whose record goes. */
            records: number;
            octets: number;
            /** @description Old enough, and still in the queue. */
            keptPending: number;
            /** @description Old enough, and under a legal hold. */
            keptHeld: number;
            /** @description Old enough, and still to be read by a reader of the feed or told by a signal. */
            keptUnread: number;
            reports: number;
            events: number;
            audits: number;
            deliveries: number;
            classes: {
                /** @description Null: all that is of no class. */
                name: string | null;
                /** @description Messages whose content goes. */
                contents: number;
                /** @description Messages whose record goes. */
                records: number;
                octets: number;
                /** @description Old enough, and still in the queue. */
                keptPending: number;
                /** @description Old enough, and under a legal hold. */
                keptHeld: number;
                /** @description Old enough, and still to be read by a reader of the feed or told by a signal. */
                keptUnread: number;
            }[];
        };
        CleanupRun: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            endedAt: string;
            /** @description Null: by schedule. */
            by: string | null;
            /** @description Why it ended early. */
            error: string | null;
            counts: components["schemas"]["CleanupCounts"];
        } | null;
        CleanupResult: {
            dryRun: boolean;
            /** @description True, with 202: it goes on; `GET /cleanup` tells when it is done. */
            running: boolean;
            /** @description Messages whose content goes. */
            contents: number;
            /** @description Messages whose record goes. */
            records: number;
            octets: number;
            /** @description Old enough, and still in the queue. */
            keptPending: number;
            /** @description Old enough, and under a legal hold. */
            keptHeld: number;
            /** @description Old enough, and still to be read by a reader of the feed or told by a signal. */
            keptUnread: number;
            reports: number;
            events: number;
            audits: number;
            deliveries: number;
            classes: {
                /** @description Null: all that is of no class. */
                name: string | null;
                /** @description Messages whose content goes. */
                contents: number;
                /** @description Messages whose record goes. */
                records: number;
                octets: number;
                /** @description Old enough, and still in the queue. */
                keptPending: number;
                /** @description Old enough, and under a legal hold. */
                keptHeld: number;
                /** @description Old enough, and still to be read by a reader of the feed or told by a signal. */
                keptUnread: number;
            }[];
        };
        BackupState: {
            configured: {
                dir: string;
                schedule: string;
                keep: number | null;
            } | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            nextRunAt: string | null;
            running: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 */
                startedAt: string;
                dir: string;
                by: string | null;
                copied: number;
                /** @description Octets to be copied; null: it is not known yet. */
                total: number | null;
            } | null;
            lastRun: components["schemas"]["BackupRun"];
            /** @description Backups that failed since relais was started. */
            failures: number;
            /** @description Whole backups of the configured directory, newest first. */
            items: components["schemas"]["Backup"][];
        };
        /** @description Since relais was started. */
        BackupRun: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            endedAt: string;
            dir: string;
            /** @description Null: by schedule. */
            by: string | null;
            /** @description Why none was made. */
            error: string | null;
            made: components["schemas"]["Backup"];
        } | null;
        Backup: {
            /** @description Of its directory below that of the backups. */
            name: string;
            /**
             * Format: date-time
             * @description The instant that it holds.
             */
            madeAt: string;
            octets: number;
            /** @description Octets that were copied for it; the rest is shared with the one before. */
            copied: number;
            /** @description Of the last event in it. */
            seq: number;
            messages: number;
            /** @description Recipients in the queue at that instant. */
            pending: number;
        } | null;
        BackupResult: {
            /** @description True, with 202: it goes on; `GET /backups` tells when it is done. */
            running: boolean;
            made: components["schemas"]["Backup"];
        };
        LegalHold: {
            name: string;
            /** @description The one message; null: those of the filter. */
            message: string | null;
            filter: {
                [key: string]: unknown;
            } | null;
            reason: string;
            by: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            at: string;
        };
        ErasureAnswer: {
            dryRun: boolean;
            /** @description True, with 202: it goes on; `GET /erasures` tells when it is done. */
            running: boolean;
            counts: components["schemas"]["ErasureCounts"];
            erasure: components["schemas"]["Erasure"];
        };
        ErasureCounts: {
            /** @description Messages to this address alone. */
            erased: number;
            /** @description Messages that stay, with the address replaced. */
            rewritten: number;
            /** @description Contents of those that named it, and were erased. */
            contents: number;
            reports: number;
            /** @description Other records in which it was replaced. */
            records: number;
            /** @description Messages with a recipient in the queue. */
            pending: number;
            /** @description Under a legal hold: left as they are. */
            held: number;
            /** @description Contents that are still to go to others: erased by the first clean-up after. */
            remaining: number;
            /** @description Messages sent by this address: left as they are. */
            sent: number;
        } | null;
        Erasure: {
            id: string;
            /** @description What the address was replaced by: a salted hash. */
            pseudonym: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            endedAt: string;
            by: string | null;
            force: boolean;
            counts: components["schemas"]["ErasureCounts"];
            /** @description Messages whose content is still to go. */
            unfinished: string[];
            /** @description Legal holds that kept something. */
            holds: string[];
            /** @description What was replaced is gone from the register’s files; false: it goes with later compactions. */
            compacted: boolean;
        } | null;
        ErasureWork: {
            pseudonym: string;
            dryRun: boolean;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            startedAt: string;
            by: string;
            running: boolean;
            counts: components["schemas"]["ErasureCounts"];
            error: string | null;
        } | null;
        Me: {
            name: string;
            /** @enum {string} */
            kind: "local" | "token" | "user";
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            permissions: ("messages:read" | "messages:content" | "messages:send" | "messages:resend" | "messages:delete" | "changes:read" | "queue:manage" | "sync:run" | "suppressions:manage" | "signals:manage" | "access:manage" | "settings:read" | "audit:read" | "backup:run")[];
            /** @description Accounts it is restricted to; null: all. */
            accounts: string[] | null;
        };
        Token: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            permissions: ("messages:read" | "messages:content" | "messages:send" | "messages:resend" | "messages:delete" | "changes:read" | "queue:manage" | "sync:run" | "suppressions:manage" | "signals:manage" | "access:manage" | "settings:read" | "audit:read" | "backup:run")[];
            /** @description Accounts it is restricted to; null: all. */
            accounts: string[] | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description To a minute.
             */
            lastUsedAt: string | null;
            /** @description IP address. */
            lastUsedFrom: string | null;
        };
        NewToken: components["schemas"]["Token"] & {
            /** @description Shown once. */
            token: string;
        };
        User: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            permissions: ("messages:read" | "messages:content" | "messages:send" | "messages:resend" | "messages:delete" | "changes:read" | "queue:manage" | "sync:run" | "suppressions:manage" | "signals:manage" | "access:manage" | "settings:read" | "audit:read" | "backup:run")[];
            /** @description Accounts it is restricted to; null: all. */
            accounts: string[] | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            disabled: boolean;
            /** @description Whether there is a second factor. */
            totp: boolean;
            /** @description The issuer, of a user that signs in there. */
            identityProvider: string | null;
            /**
             * Format: date-time
             * @description To a minute.
             */
            lastUsedAt: string | null;
            /** @description IP address. */
            lastUsedFrom: string | null;
        };
        SignInLink: {
            url: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            expiresAt: string;
        };
        Session: {
            id: string;
            /** @enum {string} */
            kind: "local" | "token" | "user";
            name: string;
            /** @enum {string} */
            via: "password" | "totp" | "recovery" | "oidc" | "token" | "link";
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            expiresAt: string;
            /**
             * Format: date-time
             * @description To a few minutes.
             */
            lastSeenAt: string;
            address: string | null;
            /** @description As the browser names itself. */
            agent: string | null;
        };
        AuditEntry: {
            /** @description Sorts in the order of the log. */
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            at: string;
            by: {
                /** @enum {string} */
                kind: "local" | "token" | "user" | "relais";
                name: string;
            };
            /** @enum {string} */
            action: "content.read" | "report.read" | "report.submitted" | "report.linked" | "evidence.made" | "register.exported" | "message.resent" | "message.retried" | "message.held" | "message.released" | "message.cancelled" | "message.deleted" | "cleanup.run" | "legal-hold.set" | "legal-hold.lifted" | "subject.erased" | "references.applied" | "stream.named" | "sync.run" | "queue.paused" | "queue.resumed" | "queue.flushed" | "suppression.set" | "suppression.lifted" | "signal.changed" | "signal.tested" | "signal.retried" | "run.held" | "run.released" | "backup.made" | "user.created" | "user.changed" | "user.deleted" | "password.changed" | "totp.set" | "totp.removed" | "recovery.made" | "recovery.used" | "token.created" | "token.changed" | "token.revoked" | "session.opened" | "session.refused" | "session.ended";
            subject: {
                /** @enum {string} */
                kind: "message" | "report" | "document" | "address" | "next-hop" | "signal" | "legal-hold" | "user" | "token" | "session" | "stream" | "run" | "all";
                id: string;
            };
            detail: {
                [key: string]: string | number | boolean | null;
            };
            /** @description IP address it was done from; null: from inside. */
            address: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
