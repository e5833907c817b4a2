/** The look of the dashboard: system fonts, light and dark by the reader's setting, phone to desktop. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: #f7f7f8;
  --surface: #ffffff;
  --sunken: #f2f2f4;
  --line: #e4e4e8;
  --line-strong: #c9c9d1;
  --text: #17171c;
  --muted: #5c5c69;
  --accent: #4f46e5;
  --accent-text: #ffffff;
  --accent-soft: #eeeefd;
  --link: #4338ca;
  --shadow: 0 1px 2px rgb(23 23 28 / 5%), 0 1px 1px rgb(23 23 28 / 3%);
  --blue: #1d4ed8; --blue-soft: #e6eefe;
  --teal: #0f6b67; --teal-soft: #dcf4f1;
  --green: #15693a; --green-soft: #dff5e6;
  --amber: #8a4b08; --amber-soft: #fdf0d5;
  --red: #b42318; --red-soft: #fde8e6;
  --violet: #6d28d9; --violet-soft: #f0e8fe;
  --gray: #52525e; --gray-soft: #ececf0;
  --radius: 10px;
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e0e11;
    --surface: #16161a;
    --sunken: #1d1d22;
    --line: #27272e;
    --line-strong: #3c3c46;
    --text: #ededf0;
    --muted: #a0a0ad;
    --accent: #625af0;
    --accent-soft: #22213f;
    --link: #a5a2ff;
    --shadow: none;
    --blue: #93b8ff; --blue-soft: #16233f;
    --teal: #6fd6cb; --teal-soft: #0f2c2a;
    --green: #7ddc9c; --green-soft: #112c1b;
    --amber: #f3bd68; --amber-soft: #33240b;
    --red: #ff9d94; --red-soft: #3b1714;
    --violet: #c9adff; --violet-soft: #291c42;
    --gray: #b1b1bd; --gray-soft: #25252b;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  -webkit-font-smoothing: antialiased;
}
h1, h2, h3, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 22px; line-height: 1.25; letter-spacing: -0.015em; font-weight: 650; }
h2 { font-size: 15px; line-height: 1.35; font-weight: 620; letter-spacing: -0.005em; }
h3 { font-size: 14px; font-weight: 600; }
h1, h2, .callout { text-wrap: pretty; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; text-underline-offset: 2px; }
p a:not(.button) { text-decoration: underline; text-underline-offset: 2px; }
code, .mono { font-family: var(--mono); font-size: 12.5px; }
time { white-space: nowrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.muted { color: var(--muted); }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 12px; top: -60px; background: var(--accent); color: var(--accent-text); padding: 8px 14px; border-radius: 8px; z-index: 10; }
.skip:focus { top: 8px; }

/* Frame */
.bar { background: var(--surface); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 5; }
.bar-inner { max-width: 1200px; margin: 0 auto; padding: 0 24px; height: 52px; display: flex; align-items: center; gap: 20px; }
.brand { display: inline-flex; align-items: center; gap: 9px; color: var(--text); font-weight: 680; font-size: 15.5px; letter-spacing: -0.02em; }
.brand:hover { text-decoration: none; }
.brand img { width: 22px; height: 22px; display: block; }
.nav { display: flex; gap: 2px; flex: 1; height: 100%; }
.nav a { color: var(--muted); padding: 0 12px; display: inline-flex; align-items: center; height: 100%; font-weight: 520; border-bottom: 2px solid transparent; border-top: 2px solid transparent; }
.nav a:hover { color: var(--text); text-decoration: none; }
.nav a[aria-current] { color: var(--text); border-bottom-color: var(--accent); }
.who { display: flex; align-items: center; gap: 12px; color: var(--muted); font-size: 13px; }
.sandbox { background: var(--amber-soft); color: var(--amber); font-size: 12px; font-weight: 600; padding: 2px 9px; border-radius: 999px; white-space: nowrap; }
main { max-width: 1200px; margin: 0 auto; padding: 28px 24px 64px; }

/* Controls */
button, .button, input, select { font: inherit; color: inherit; }
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-height: 36px; padding: 0 14px;
  background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px; font-weight: 560; color: var(--text); cursor: pointer; white-space: nowrap;
}
.button:hover { background: var(--sunken); text-decoration: none; }
.button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-text); }
.button.primary:hover { filter: brightness(1.08); }
.button.danger { background: var(--red-soft); border-color: transparent; color: var(--red); }
.button.quiet { border-color: transparent; background: transparent; color: var(--muted); padding: 0 8px; min-height: 32px; }
.button.quiet:hover { color: var(--text); background: var(--sunken); }
.button.small { min-height: 24px; padding: 0 8px; font-size: 12px; border-radius: 6px; font-weight: 500; }
label { display: block; font-weight: 540; font-size: 13px; margin-bottom: 5px; }
input {
  width: 100%; min-height: 36px; padding: 0 11px; background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px;
}
input::placeholder { color: var(--muted); opacity: 1; }
input:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px; }
input[aria-invalid=true] { border-color: var(--red); }
.fault { color: var(--red); font-size: 12.5px; margin-top: 4px; }
.notice { border-radius: 8px; padding: 10px 14px; background: var(--red-soft); color: var(--red); margin-bottom: 18px; font-weight: 520; }

/* Badges */
.badge {
  display: inline-flex; align-items: center; gap: 6px; padding: 2px 10px 2px 8px; border-radius: 999px; font-size: 12.5px; font-weight: 580; line-height: 1.5;
  white-space: nowrap; background: var(--gray-soft); color: var(--gray);
}
.badge::before { content: ""; width: 7px; height: 7px; border-radius: 50%; background: currentColor; flex: none; }
.badge.large { font-size: 13.5px; padding: 4px 13px 4px 11px; }
.state-in-progress, .state-queued { background: var(--blue-soft); color: var(--blue); }
.state-deferred, .state-unanswered, .state-internal, .state-delayed { background: var(--amber-soft); color: var(--amber); }
.state-held { background: var(--violet-soft); color: var(--violet); }
.state-transferred { background: var(--teal-soft); color: var(--teal); }
.state-delivered { background: var(--green-soft); color: var(--green); }
.state-failed, .state-partly-failed, .state-expired, .state-complaint, .state-bounce { background: var(--red-soft); color: var(--red); }
.state-in-progress::before, .state-queued::before, .state-deferred::before { background: transparent; border: 2px solid currentColor; }
.state-partly-failed::before { background: linear-gradient(90deg, currentColor 50%, transparent 50%); border: 1.5px solid currentColor; width: 8px; height: 8px; }
.chip { display: inline-block; max-width: 100%; padding: 1px 8px; background: var(--sunken); border: 1px solid var(--line); border-radius: 6px; font-size: 12.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: bottom; }

/* Queue strip */
.head { display: flex; align-items: center; justify-content: space-between; gap: 10px 28px; flex-wrap: wrap; margin-bottom: 18px; }
.head h1 { flex: none; }
.strip { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; font-size: 13px; color: var(--muted); min-width: 0; }
.strip > span:first-child { margin-right: 6px; }
.strip strong { color: var(--text); font-weight: 600; }
.hops { display: flex; gap: 8px; flex-wrap: wrap; min-width: 0; }
.hop { display: inline-flex; align-items: center; gap: 7px; max-width: 340px; padding: 3px 11px; border: 1px solid var(--line); border-radius: 999px; background: var(--surface); min-width: 0; }
.hop > .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--text); }
.hop > .count { white-space: nowrap; }
.hop::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--green); flex: none; }
.hop.paused::before { background: var(--amber); }
.hop.blocked::before { background: var(--red); }

/* Filters */
.search { display: flex; gap: 8px; }
.search .field { position: relative; flex: 1; min-width: 0; }
.search input { min-height: 40px; padding-left: 38px; font-size: 15px; }
.search svg { position: absolute; left: 13px; top: 12px; width: 16px; height: 16px; color: var(--muted); pointer-events: none; }
.search .button { min-height: 40px; }
.narrow { margin-top: 14px; }
.tabs { display: flex; gap: 4px; margin: 0; overflow-x: auto; padding: 2px; scrollbar-width: none; }
.tabs a { padding: 5px 12px; border-radius: 999px; color: var(--muted); font-weight: 540; white-space: nowrap; font-size: 13.5px; }
.tabs a:hover { background: var(--sunken); color: var(--text); text-decoration: none; }
.tabs a[aria-current] { background: var(--text); color: var(--page); }
.narrow { position: relative; }
.narrow .tabs { margin-right: 110px; }
.filters { margin-top: 10px; }
.filters > summary { position: absolute; top: 3px; right: 0; }
.filters > summary { display: inline-flex; align-items: center; gap: 7px; color: var(--muted); font-weight: 540; cursor: pointer; padding: 4px 8px; margin-left: -4px; border-radius: 8px; list-style: none; font-size: 13.5px; }
.filters > summary::-webkit-details-marker { display: none; }
.filters > summary::before { content: ""; width: 6px; height: 6px; border-right: 1.8px solid currentColor; border-bottom: 1.8px solid currentColor; transform: rotate(-45deg); transition: transform 120ms; }
.filters[open] > summary::before { transform: rotate(45deg) translate(-1px, -1px); }
.filters > summary:hover { color: var(--text); background: var(--sunken); }
.filter-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 14px 16px; padding: 18px; margin-top: 8px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); }
.filter-grid .actions { grid-column: 1 / -1; display: flex; gap: 8px; }
.chosen { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 12px; align-items: center; }
.chosen a.filter { display: inline-flex; gap: 6px; align-items: center; max-width: 100%; padding: 3px 10px; background: var(--accent-soft); color: var(--link); border-radius: 999px; font-size: 13px; }
.chosen a.filter span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chosen a.filter::after { content: "×"; font-size: 15px; line-height: 1; }
.chosen a.filter:hover { text-decoration: line-through; }

/* Register */
.card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); }
.register { margin-top: 18px; overflow: hidden; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
.register th { text-align: left; font-size: 12px; font-weight: 560; color: var(--muted); padding: 9px 16px; border-bottom: 1px solid var(--line); background: var(--sunken); }
.register th.c-state { width: 158px; } .register th.c-ref { width: 21%; } .register th.c-account { width: 12%; } .register th.c-time { width: 138px; text-align: right; }
.register td { padding: 9px 16px; border-bottom: 1px solid var(--line); vertical-align: middle; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.register tbody tr { position: relative; }
.register tbody tr:last-child td { border-bottom: 0; }
.register tbody tr:hover { background: var(--sunken); }
.register td.c-time { text-align: right; color: var(--muted); font-size: 13px; }
.register td.c-account { color: var(--muted); }
.register a.row { color: var(--text); font-weight: 560; }
.register a.row:hover { text-decoration: none; }
.register a.row::after { content: ""; position: absolute; inset: 0; }
.register a.row:focus-visible { outline: none; }
.register a.row:focus-visible::after { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }
.line { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.line.sub { color: var(--muted); font-size: 13px; margin-top: 1px; }
.warn { color: var(--red); font-weight: 540; }
.pages { display: flex; justify-content: space-between; gap: 12px; margin-top: 16px; }
.empty { padding: 64px 24px; text-align: center; margin-top: 18px; }
.empty h2 { font-size: 18px; }
.empty p { color: var(--muted); max-width: 52ch; margin: 6px auto 0; }
.empty pre { display: inline-block; text-align: left; max-width: 100%; overflow-x: auto; margin: 18px 0 0; padding: 12px 16px; background: var(--sunken); border: 1px solid var(--line); border-radius: 8px; font: 13px/1.5 var(--mono); }
.empty .button { margin-top: 18px; }
.pill { position: fixed; left: 50%; bottom: 24px; transform: translateX(-50%); background: var(--accent); color: var(--accent-text); padding: 9px 18px; border-radius: 999px; font-weight: 580; box-shadow: 0 6px 24px rgb(0 0 0 / 25%); z-index: 6; white-space: nowrap; }

/* Message */
.back { display: inline-flex; align-items: center; gap: 6px; color: var(--muted); font-size: 13.5px; margin-bottom: 12px; }
.back::before { content: "←"; }
.title { display: flex; gap: 8px 14px; align-items: center; flex-wrap: wrap; }
.title h1 { overflow-wrap: anywhere; }
.subtitle { color: var(--muted); margin-top: 6px; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 320px; gap: 20px; margin-top: 22px; align-items: start; }
.stack { display: grid; gap: 14px; min-width: 0; }
.stack > h2 { margin-bottom: -2px; }
.recipient { padding: 18px 20px; min-width: 0; }
.recipient-head { display: flex; align-items: center; justify-content: space-between; gap: 6px 12px; flex-wrap: wrap; }
.recipient-head h3 { font-size: 15px; overflow-wrap: anywhere; min-width: 0; }
.recipient > .plain, details.recipient .plain { margin-top: 8px; }
details.recipient > summary { cursor: pointer; list-style: none; }
details.recipient > summary::-webkit-details-marker { display: none; }
.facts { display: flex; flex-wrap: wrap; gap: 2px 20px; margin-top: 6px; color: var(--muted); font-size: 13px; }
.facts span { white-space: nowrap; }
.timeline { margin-top: 16px; }
.timeline li { position: relative; padding: 0 0 16px 26px; }
.timeline li:last-child { padding-bottom: 0; }
.timeline li::before { content: ""; position: absolute; left: 7px; top: 20px; bottom: -4px; width: 2px; background: var(--line); }
.timeline li:last-child::before { display: none; }
.timeline .dot { position: absolute; left: 2px; top: 4px; width: 12px; height: 12px; border-radius: 50%; padding: 0; border: 3px solid var(--surface); box-shadow: 0 0 0 1.5px currentColor; background: currentColor; color: var(--gray); }
.timeline .dot.good { color: var(--teal); } .timeline .dot.best { color: var(--green); } .timeline .dot.bad { color: var(--red); } .timeline .dot.wait { color: var(--amber); } .timeline .dot.next { color: var(--line-strong); background: transparent; }
.timeline .what { display: flex; justify-content: space-between; flex-wrap: wrap; gap: 0 12px; }
.timeline .what b { font-weight: 580; }
.timeline .where { color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
.reply { margin-top: 6px; padding: 8px 12px; border-radius: 8px; background: var(--sunken); font-family: var(--mono); font-size: 12.5px; line-height: 1.5; overflow-wrap: anywhere; white-space: pre-wrap; }
.reply b { font-weight: 650; }
.ambiguous { margin-top: 6px; color: var(--amber); font-size: 13px; font-weight: 520; }
.side { padding: 18px 20px; }
.side dl { display: grid; gap: 11px; margin-top: 12px; }
.side dt { color: var(--muted); font-size: 12.5px; }
.side dd { overflow-wrap: anywhere; }
.side dd.mono { font-size: 12px; }
.side .actions .button { width: 100%; }
.side .actions { display: grid; gap: 8px; margin-top: 12px; }
.side details > summary { cursor: pointer; list-style: none; }
.side details > summary::-webkit-details-marker { display: none; }
.side details p { margin: 10px 0; font-size: 13px; color: var(--muted); }
.events { padding: 14px 20px; }
.events > summary { cursor: pointer; font-weight: 600; }
.events ol { margin-top: 12px; display: grid; gap: 6px; font-size: 13px; }
.events li { display: grid; grid-template-columns: 62px minmax(0, 1fr) auto; gap: 10px; }
.events li > :first-child { color: var(--muted); text-align: right; }
.events .where { color: var(--muted); overflow-wrap: anywhere; }

/* Rows: next hops, suppressed addresses */
.totals { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--muted); }
.totals a { color: var(--muted); }
.totals b { color: var(--text); font-weight: 620; }
.lead { margin: 6px 0 18px; max-width: 72ch; }
.rows { margin-top: 18px; }
.entry { display: flex; gap: 14px 20px; padding: 16px 20px; align-items: flex-start; }
.row-main { flex: 1; min-width: 0; }
.row-main h2 { overflow-wrap: anywhere; min-width: 0; }
.row-main .plain { margin-top: 6px; overflow-wrap: anywhere; }
.row-main .recipient-head { justify-content: flex-start; }
.row-actions { display: flex; gap: 8px; flex-wrap: wrap; justify-content: flex-end; }
.after { margin-top: 16px; }

.row-top { display: flex; align-items: center; gap: 10px; font-size: 13px; margin-bottom: 7px; }
.columns > .stack > p.muted { max-width: 72ch; }
.stack > .empty { margin-top: 0; }
.footnote { margin-top: 24px; font-size: 13px; max-width: 72ch; }
.small-print { font-size: 13px; margin-top: 6px; }
.anywhere { overflow-wrap: anywhere; }
.count-badge { margin-left: 7px; min-width: 19px; height: 19px; padding: 0 6px; border-radius: 999px; background: var(--red); color: var(--surface); font-size: 11.5px; font-weight: 650; line-height: 19px; text-align: center; }

/* One report */
.callout { padding: 12px 16px; border-radius: var(--radius); background: var(--amber-soft); color: var(--amber); font-weight: 520; }
.linking { padding: 18px 20px; display: grid; gap: 12px; min-width: 0; }
.linking .notice { margin: 0; }
.linking ul { display: grid; border-top: 1px solid var(--line); }
.candidate { display: flex; gap: 10px 20px; align-items: center; padding: 14px 0; border-bottom: 1px solid var(--line); }
.candidate h3 { overflow-wrap: anywhere; min-width: 0; }
.linking summary { cursor: pointer; font-weight: 560; color: var(--link); width: fit-content; }
.linking .by-hand { display: grid; gap: 14px; max-width: 520px; }
.linking details > .by-hand { margin-top: 12px; }
.by-hand .button { justify-self: start; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 10px 20px; margin-top: 10px; }
.fields dt { color: var(--muted); font-size: 12.5px; }
.fields dd { overflow-wrap: anywhere; }
.source pre { margin: 12px 0 0; padding: 12px 14px; max-height: 480px; overflow: auto; background: var(--sunken); border-radius: 8px; font: 12.5px/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
.source .muted { margin-top: 8px; }
aside.stack > .button { width: 100%; }

/* Mailboxes */
.side > p.muted { margin-top: 4px; font-size: 13px; }
.mailboxes { display: grid; margin-top: 12px; }
.mailboxes li { padding: 12px 0; border-top: 1px solid var(--line); font-size: 13px; display: grid; gap: 2px; }
.mailboxes h3 { overflow-wrap: anywhere; min-width: 0; }
.mailboxes .warn { overflow-wrap: anywhere; }

/* Languages */
.languages { max-width: 1200px; margin: 0 auto; padding: 0 24px 28px; }
.languages nav { display: flex; flex-wrap: wrap; gap: 4px 18px; padding-top: 16px; border-top: 1px solid var(--line); font-size: 13px; }
.languages a { color: var(--muted); }
.languages a[aria-current] { color: var(--text); font-weight: 560; }
.gate + .languages nav { border: 0; justify-content: center; }

/* Forms that open */
.resend, .add { padding: 0; border: 0; background: none; box-shadow: none; }
.resend > summary, .add > summary { list-style: none; width: fit-content; }
.resend > summary::-webkit-details-marker, .add > summary::-webkit-details-marker { display: none; }
.resend[open] > form, .add[open] > form { display: grid; gap: 14px; margin-top: 10px; padding: 18px 20px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); }
.resend .button[type=submit], .add .button[type=submit] { justify-self: start; }
.resend fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: 14px; min-width: 0; }
.resend .notice, .add .notice { margin: 0; }
.add { margin-bottom: 14px; }
.add[open] { margin-bottom: 18px; }
.add[open] > form { grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); align-items: end; }
.add .notice { grid-column: 1 / -1; }
.choice { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 12px; align-items: end; }
.choice label { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; overflow-wrap: anywhere; }
input[type=checkbox] { width: 18px; min-height: 18px; height: 18px; margin: 0; accent-color: var(--accent); }
.choice input[type=checkbox] { margin-bottom: 9px; }
label.check { display: flex; gap: 12px; align-items: flex-start; font-weight: 500; margin: 0; }
label.check .muted { font-weight: 400; }
label.check input { flex: none; margin-top: 1px; }

/* Sign in and errors */
.gate { min-height: calc(100dvh - 66px); display: grid; place-items: center; padding: 24px 16px; max-width: none; }
.gate-card { width: 100%; max-width: 380px; padding: 32px; }
.gate-card .brand { font-size: 19px; margin-bottom: 20px; }
.gate-card .brand img { width: 28px; height: 28px; }
.gate-card h1 { margin-bottom: 4px; }
.gate-card form { display: grid; gap: 14px; margin-top: 20px; }
.gate-card .button { width: 100%; min-height: 40px; }
.or { display: flex; align-items: center; gap: 12px; color: var(--muted); font-size: 13px; margin: 22px 0 0; }
.or::before, .or::after { content: ""; flex: 1; height: 1px; background: var(--line); }
.hint { margin-top: 22px; padding-top: 18px; border-top: 1px solid var(--line); color: var(--muted); font-size: 13px; }
.hint code { display: block; margin-top: 6px; padding: 8px 10px; background: var(--sunken); border-radius: 7px; overflow-x: auto; white-space: nowrap; color: var(--text); }
.gate-card .notice { margin: 18px 0 0; }

/* Reference of the API */
.docs { display: grid; grid-template-columns: 210px minmax(0, 1fr); gap: 36px; align-items: start; }
.docs nav { position: sticky; top: 80px; max-height: calc(100dvh - 100px); overflow-y: auto; font-size: 13.5px; }
.docs nav li { margin-bottom: 2px; }
.docs nav a { color: var(--muted); display: block; padding: 3px 0; }
.docs nav a:hover { color: var(--text); }
.docs .lead { color: var(--muted); margin: 8px 0 20px; max-width: 72ch; }
.docs section { margin-top: 34px; scroll-margin-top: 70px; }
.docs section > h2 { font-size: 18px; margin-bottom: 12px; }
.operation { padding: 16px 20px; margin-bottom: 12px; scroll-margin-top: 70px; }
.operation .path { display: flex; gap: 10px; align-items: baseline; flex-wrap: wrap; font-family: var(--mono); font-size: 13.5px; overflow-wrap: anywhere; font-weight: 600; }
.verb { font-size: 11.5px; font-weight: 700; padding: 1px 7px; border-radius: 5px; background: var(--gray-soft); color: var(--gray); }
.verb.get { background: var(--teal-soft); color: var(--teal); } .verb.post { background: var(--blue-soft); color: var(--blue); } .verb.put { background: var(--amber-soft); color: var(--amber); } .verb.delete { background: var(--red-soft); color: var(--red); }
.operation p { margin-top: 6px; }
.operation table { margin-top: 12px; font-size: 13px; table-layout: auto; }
.operation th, .operation td { text-align: left; padding: 6px 10px 6px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.operation th { width: 150px; font-weight: 500; font-family: var(--mono); font-size: 12.5px; }
.operation thead th { border: 0; color: var(--muted); font-family: inherit; font-size: 12px; padding-bottom: 2px; }

@media (max-width: 960px) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .register th.c-account, .register td.c-account { display: none; }
  .docs { grid-template-columns: minmax(0, 1fr); }
  .docs nav { display: none; }
}
@media (max-width: 640px) {
  .strip { width: 100%; }
  .strip > span:first-child { margin: 0; }
  body { font-size: 15px; }
  .bar-inner { padding: 0 16px; gap: 8px; }
  .who { gap: 4px; }
  .bar-inner { height: auto; flex-wrap: wrap; row-gap: 0; }
  .bar .brand { height: 48px; }
  .who { margin-left: auto; }
  .nav { order: 3; flex: 1 0 100%; height: 42px; margin: 0 -9px; overflow-x: auto; scrollbar-width: none; }
  .nav a { padding: 0 9px; flex: none; }
  .entry { flex-direction: column; padding: 16px; }
  .row-actions { width: 100%; justify-content: flex-start; }
  .choice input[type=checkbox] { margin-bottom: 12px; }
  input[type=checkbox] { min-height: 18px; }
  .who .name { display: none; }
  main { padding: 20px 16px 80px; }
  .gate { padding: 16px; }
  .gate-card { padding: 26px 22px; }
  .button, input { min-height: 42px; }
  .button.small { min-height: 28px; }
  .search input, .search .button { min-height: 44px; font-size: 16px; }
  .search svg { top: 14px; }
  .hops { flex-wrap: nowrap; overflow-x: auto; margin: 0 -16px; padding: 1px 16px; scrollbar-width: none; }
  .hop { flex: none; }
  .filter-grid { grid-template-columns: repeat(2, minmax(0, 1fr)); padding: 16px; gap: 12px; }
  .narrow .tabs { margin: 0 -16px; padding: 2px 16px; }
  .head + .tabs { margin: 0 -16px; padding: 2px 16px; }
  .filters > summary { position: static; }
  .search input { text-overflow: ellipsis; padding-right: 8px; }
  .register thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .register tbody, .register table { display: block; }
  .register tbody tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 5px 12px; padding: 13px 16px; border-bottom: 1px solid var(--line); }
  .register tbody tr:last-child { border-bottom: 0; }
  .register td { padding: 0; border: 0; }
  .register td.c-message { grid-column: 1 / -1; order: 2; }
  .register td.c-state { order: 0; }
  .register td.c-time { order: 1; align-self: center; }
  .register td.c-ref { grid-column: 1 / -1; order: 3; display: flex; align-items: center; gap: 8px; }
  .register td.c-ref .sub { margin: 0; }
  .register td.c-ref:empty { display: none; }
  .recipient, .side, .linking { padding: 16px; }
  .candidate { flex-direction: column; align-items: stretch; }
  .candidate .button { width: 100%; }
  .languages { padding: 0 16px 24px; }
  .languages a { padding: 6px 0; }
  main { padding-bottom: 40px; }
  .facts span { white-space: normal; }
  .events li { grid-template-columns: minmax(0, 1fr) auto; }
  .events li > :first-child { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .button, .tabs a, .register tbody tr { transition: background-color 100ms, color 100ms; }
}
@media (forced-colors: active) {
  .badge, .chip, .hop { border: 1px solid; }
}
@media print {
  .bar, .languages, .linking, .search, .tabs, .filters, .pages, .side .actions, .row-actions, .resend, .add { display: none; }
  body { background: #fff; }
}
`;
