/** Stylesheet, script and icon: part of the program, served under names that change with their content. */
import { createHash } from 'node:crypto';
import { ICON } from './icon.ts';
import { SCRIPT } from './script.ts';
import { STYLESHEET } from './stylesheet.ts';

export interface Asset {
  readonly path: string;
  readonly contentType: string;
  readonly text: string;
}

export interface Assets {
  readonly stylesheet: Asset;
  readonly script: Asset;
  readonly icon: Asset;
}

let assets: Assets | undefined;

export function dashboardAssets(): Assets {
  assets ??= {
    stylesheet: asset('css', 'text/css; charset=utf-8', STYLESHEET),
    script: asset('js', 'text/javascript; charset=utf-8', SCRIPT),
    icon: asset('svg', 'image/svg+xml', ICON),
  };
  return assets;
}

function asset(extension: string, contentType: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { path: `/assets/relais-${hash}.${extension}`, contentType, text };
}
