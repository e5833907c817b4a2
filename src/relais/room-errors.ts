/** A service that relais needs and can't have: above all a port that another program holds. Exit code 69. */

export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}

const WHERE: Readonly<Record<string, string>> = {
  submission: 'submission.listeners',
  reports: 'reports.listeners',
  http: 'http.port',
};

/** Says of an error at listening what is taken, by which room it was wanted, and what to do. */
export function explainListenError(error: unknown, room: string, file: string | null): unknown {
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === undefined || port === undefined) return error;
  const place = `Port ${port} on ${address ?? 'this machine'} (${room})`;
  const key = WHERE[room] ?? room;
  const change = file === null ? `choose another in a configuration file: relais init` : `set another at ${key} in ${file}`;
  switch (code) {
    case 'EADDRINUSE':
      return new ServiceError(`${place} is taken by another program.\nStop that program, or ${change}.`, { cause: error });
    case 'EACCES':
      return new ServiceError(
        `${place} may not be opened by this user: ports below 1024 need a privilege.\nGrant it (CAP_NET_BIND_SERVICE), or ${change}.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
      return new ServiceError(
        `${place}: this machine does not have the address ${address ?? ''}.\nCorrect it at ${key}${file === null ? '' : ` in ${file}`}.`,
        { cause: error },
      );
    default:
      return error;
  }
}
