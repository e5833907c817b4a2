/** The profiles of references as they are published, config/references/*.yaml, written from the table of the domain. */
import { stringify } from 'yaml';
import type { ReferenceProfile } from '../domain/settings.ts';
import { SHIPPED_PROFILES } from '../domain/shipped-profiles.ts';

const HEAD = `# A profile of references that relais ships: where this program says what its mail is about. Written from
# src/domain/shipped-profiles.ts (node scripts/publish-config.mjs): to be read, not edited. It is asked where
# references.profiles of the configuration names it; a rule may be copied from here to references.rules.
# docs/REFERENCES.md says what each key means.
`;

/** By file name. */
export function referenceProfileFiles(profiles: readonly ReferenceProfile[] = SHIPPED_PROFILES): Record<string, string> {
  return Object.fromEntries(profiles.map((profile) => [`references/${profile.name}.yaml`, profileYaml(profile)]));
}

/** Patterns that several rules have in common are written once (YAML anchors). */
function profileYaml({ says, name, rules }: ReferenceProfile): string {
  return `${HEAD}#\n# ${says}\n\n${stringify({ name, rules }, { lineWidth: 0, aliasDuplicateObjects: true })}`;
}
