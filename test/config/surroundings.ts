import type { Surroundings } from '../../src/config/index.ts';

/** A machine of its own: files and environment as the test gives them. */
export function surroundings(files: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}): Surroundings {
  return {
    env,
    hostname: 'machine.example',
    cwd: '/etc/relais',
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return text;
    },
  };
}
