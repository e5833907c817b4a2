/** Who am I. */
import { type Api, route } from './route.ts';
import { Me } from './schemas.ts';

export function administrationRoutes(api: Api): void {
  route(
    api,
    {
      method: 'get',
      path: '/me',
      tag: 'Access',
      summary: 'The caller’s name and permissions',
      permission: null,
      answers: { 200: { description: 'The caller', schema: Me } },
    },
    ({ c, caller }) => {
      const { name, kind, role, permissions, accounts } = caller;
      return c.json({ name, kind, role, permissions: [...permissions], accounts });
    },
  );
}
