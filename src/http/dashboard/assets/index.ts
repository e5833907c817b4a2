/**
 * Styles, scripts and icon of the pages, served under names that change with their content, so that
 * browsers keep them for good. Ours lie beside this file: `styles/*.css`, which make one sheet in the
 * order of their names, and `scripts/*.js`, each loaded by the pages that name it. htmx and uPlot come
 * out of their packages as they are.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { ICON } from './icon.ts';

const require = createRequire(import.meta.url);

export interface Asset {
  readonly path: string;
  readonly contentType: string;
  readonly bytes: Buffer<ArrayBuffer>;
  readonly gzipped: Buffer<ArrayBuffer>;
}

/** On every page: htmx and `relais`. Others where a page names them. */
export type ScriptName = 'htmx' | 'relais' | 'live' | 'register' | 'uplot' | 'charts';

export interface Assets {
  readonly stylesheet: Asset;
  readonly icon: Asset;
  readonly scripts: Readonly<Record<ScriptName, Asset>>;
}

let assets: Assets | undefined;

export function dashboardAssets(): Assets {
  assets ??= {
    stylesheet: asset('relais', 'css', styles()),
    icon: asset('relais', 'svg', ICON),
    scripts: {
      htmx: asset('htmx', 'js', read(require.resolve('htmx.org/dist/htmx.min.js'))),
      uplot: asset('uplot', 'js', read(require.resolve('uplot/dist/uPlot.iife.min.js'))),
      relais: ownScript('relais'),
      live: ownScript('live'),
      register: ownScript('register'),
      charts: ownScript('charts'),
    },
  };
  return assets;
}

export function allAssets(): readonly Asset[] {
  const { stylesheet, icon, scripts } = dashboardAssets();
  return [stylesheet, icon, ...Object.values(scripts)];
}

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

function asset(name: string, extension: keyof typeof TYPES, text: string): Asset {
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { path: `/assets/${name}-${hash}.${extension}`, contentType: TYPES[extension], bytes, gzipped: gzipSync(bytes, { level: 9 }) };
}

function beside(path: string): URL {
  return new URL(path, import.meta.url);
}

function styles(): string {
  const files = readdirSync(beside('styles/')).filter((name) => name.endsWith('.css'));
  const own = files.sort().map((name) => readFileSync(beside(`styles/${name}`), 'utf8'));
  // In front, so that ours win.
  return [read(require.resolve('uplot/dist/uPlot.min.css')), ...own].join('\n');
}

function ownScript(name: ScriptName): Asset {
  return asset(name, 'js', readFileSync(beside(`scripts/${name}.js`), 'utf8'));
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
