/** What a user or token may do, as a form: role, whose mail, and where that does not fit an explicit list. */
import { PERMISSIONS, type Permission, type Role } from '../../../domain/ports.ts';
import type { Rights } from '../../auth/administration.ts';
import { type Caller, permissionsOf, ROLE_PERMISSIONS } from '../../auth/caller.ts';
import { Problem } from '../../problem.ts';
import { Choice, Fault, type Faults } from '../form-parts.tsx';
import type { Strings } from '../strings.ts';

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

/** As it stands in the form, right or not. */
export interface RightsDraft {
  readonly role: Role | null;
  readonly explicit: boolean;
  readonly permissions: readonly Permission[];
  readonly scope: 'all' | 'some';
  readonly accounts: readonly string[];
}

export const NEW_RIGHTS: RightsDraft = { role: 'viewer', explicit: false, permissions: [], scope: 'all', accounts: [] };

export function draftOf({ role, permissions, accounts }: Rights): RightsDraft {
  return {
    role,
    explicit: permissions !== null,
    permissions: permissions ?? [],
    scope: accounts === null ? 'all' : 'some',
    accounts: accounts ?? [],
  };
}

export function draftFrom(form: URLSearchParams): RightsDraft {
  const asked = form.getAll('permission');
  return {
    role: ROLES.find((role) => role === form.get('role')) ?? null,
    explicit: form.get('explicit') === 'on',
    permissions: PERMISSIONS.filter((permission) => asked.includes(permission)),
    scope: form.get('scope') === 'some' ? 'some' : 'all',
    accounts: form.getAll('account').filter((name) => name !== ''),
  };
}

/** The rights that the form asks for; what is wrong with it goes into `faults`. */
export function rightsFrom(draft: RightsDraft, t: Strings, faults: Map<string, string>): Rights | null {
  const { role, explicit, permissions, scope, accounts } = draft;
  const words = t.settings.faults;
  if (role === null) faults.set('role', words.role);
  if (explicit && permissions.length === 0) faults.set('permission', words.noPermission);
  if (scope === 'some' && accounts.length === 0) faults.set('account', words.noAccount);
  if (role === null || faults.size > 0) return null;
  return { role, permissions: explicit ? permissions : null, accounts: scope === 'some' ? accounts : null };
}

/** Where a refusal of the administration belongs in the form. */
export function faultOfProblem(problem: Problem, t: Strings, name: string): readonly [field: string, words: string] {
  const words = t.settings.faults;
  switch (problem.code) {
    case 'exists':
      return ['name', words.nameTaken(name)];
    case 'permission-missing':
      return ['role', words.notGranted(t.settings.permissions[problem.members['permission'] as Permission])];
    case 'own-access':
      return ['', words.ownAccess];
    case 'managed-elsewhere':
      return ['', words.managed];
    default:
      return ['', problem.message];
  }
}

export function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && ['exists', 'permission-missing', 'own-access', 'managed-elsewhere'].includes(error.code);
}

interface RightsFieldsProps {
  readonly t: Strings;
  readonly draft: RightsDraft;
  readonly faults: Faults;
  /** Nobody gives what he does not have. */
  readonly caller: Caller;
  /** Of the configuration; those that a record names beside are shown too. */
  readonly accounts: readonly string[];
  /** Apart from others on the page. */
  readonly id: string;
}

export function RightsFields({ t, draft, faults, caller, accounts, id }: RightsFieldsProps) {
  const words = t.settings.rights;
  const known = [...new Set([...accounts, ...draft.accounts])].sort();
  const missing = (role: Role): boolean => ROLE_PERMISSIONS[role].some((permission) => !caller.permissions.has(permission));
  return (
    <>
      <fieldset class="picks">
        <legend>{words.role}</legend>
        {ROLES.map((role) => (
          <Choice
            type="radio"
            name="role"
            value={role}
            checked={draft.role === role}
            label={t.settings.roles[role]}
            hint={t.settings.roleHints[role]}
            disabled={missing(role) && !draft.explicit && draft.role !== role}
            invalid={faults.has('role')}
          />
        ))}
        <Fault words={faults.get('role')} />
      </fieldset>
      <fieldset class="picks">
        <legend>{words.accounts}</legend>
        <Choice type="radio" name="scope" value="all" checked={draft.scope === 'all'} label={words.allAccounts} />
        {known.length === 0 ? null : (
          <>
            <Choice type="radio" name="scope" value="some" checked={draft.scope === 'some'} label={words.someAccounts} />
            <div class="picks-inner">
              {known.map((account) => (
                <Choice
                  type="checkbox"
                  name="account"
                  value={account}
                  checked={draft.accounts.includes(account)}
                  label={account}
                  invalid={faults.has('account')}
                />
              ))}
            </div>
          </>
        )}
        <Fault words={faults.get('account')} />
      </fieldset>
      <details class="explicit" open={draft.explicit || faults.has('permission')}>
        <summary id={`${id}-explicit`}>{words.permissions}</summary>
        <fieldset class="picks" aria-labelledby={`${id}-explicit`}>
          <Choice type="checkbox" name="explicit" value="on" checked={draft.explicit} label={words.explicit} hint={words.explicitHint} />
          <div class="picks-inner columns-2">
            {PERMISSIONS.map((permission) => (
              <Choice
                type="checkbox"
                name="permission"
                value={permission}
                checked={draft.permissions.includes(permission)}
                label={t.settings.permissions[permission]}
                disabled={!caller.permissions.has(permission)}
                invalid={faults.has('permission')}
              />
            ))}
          </div>
          <Fault words={faults.get('permission')} />
        </fieldset>
      </details>
    </>
  );
}

/** Role, and in how far its permissions are other ones. */
export function RoleWords({ t, rights }: { readonly t: Strings; readonly rights: Rights }) {
  const { role, permissions } = rights;
  if (permissions === null) return <span>{t.settings.roles[role]}</span>;
  const held = [...permissionsOf(rights)].map((permission) => t.settings.permissions[permission]);
  return (
    <span title={held.join('\n')}>
      {t.settings.rights.permissions}: {permissions.length}
    </span>
  );
}

export function AccountWords({ t, accounts }: { readonly t: Strings; readonly accounts: readonly string[] | null }) {
  return <span class="anywhere">{accounts === null ? t.settings.rights.allAccounts : accounts.join(', ')}</span>;
}
