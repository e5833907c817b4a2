/**
 * Configuration: the sole reader of the configuration file and of the environment, and keeper of
 * the relay's own keys. Upstream: main and relais.ts. Everybody else is handed what they need.
 */
export { type Control, readControl, removeControl, writeControl } from './control.ts';
export type { Surroundings } from './document.ts';
export { ConfigError, formatIssue } from './issues.ts';
export { configJsonSchema } from './json-schema.ts';
export { openKeys, type RelayKeys, rotateVerpKeys } from './keys.ts';
export { type LoadedConfig, loadConfig, machine, parseConfig } from './load.ts';
export { parseDuration } from './scalars.ts';
export { type Answers, configTemplate, DEFAULT_ANSWERS } from './template.ts';
export { readSignalRule } from './try-rule.ts';
