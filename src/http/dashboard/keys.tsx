/** The keys that lead through the pages, shown by `?`. The script opens it; without one there are no keys either. */
import { Icon } from './icons.tsx';
import type { Strings } from './strings.ts';

export function Keys({ t }: { readonly t: Strings }) {
  const { keys } = t.frame;
  const rows: readonly (readonly [readonly string[], string, string])[] = [
    [['/'], '', keys.search],
    [['j', '↓'], keys.or, keys.next],
    [['k', '↑'], keys.or, keys.previous],
    [['↵'], '', keys.open],
    [['x'], '', keys.select],
    [['g', 'o'], keys.after, keys.go],
    [['Esc'], '', keys.escape],
    [['?'], '', keys.help],
  ];
  return (
    <dialog class="keys" id="keys" aria-labelledby="keys-title">
      <div>
        <div class="keys-head">
          <h2 id="keys-title">{keys.title}</h2>
          <form method="dialog">
            <button class="button quiet icon-only" type="submit" aria-label={t.frame.close}>
              <Icon name="close" />
            </button>
          </form>
        </div>
        <dl>
          {rows.map(([pressed, between, does]) => (
            <>
              <dt>
                {pressed.map((key, i) => (
                  <>
                    {i === 0 ? null : ` ${between} `}
                    <kbd>{key}</kbd>
                  </>
                ))}
              </dt>
              <dd>{does}</dd>
            </>
          ))}
        </dl>
      </div>
    </dialog>
  );
}
