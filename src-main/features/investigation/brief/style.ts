/** The brief's own style: system fonts, light and dark, contrast of at least 4.5 : 1 for text, fit for print. */
export const style = `
:root{color-scheme:light dark;--page:#fff;--text:#1b2330;--soft:#4f5b6b;--line:#d5dbe3;--band:#f3f5f8;--accent:#0b5c6b;--cell:#dfe5ec;--used:#0b5c6b;--warn:#9a3412;--good:#17603a}
@media (prefers-color-scheme:dark){:root{--page:#12171e;--text:#e6ebf1;--soft:#a5b1c0;--line:#313b48;--band:#1a212a;--accent:#7fd1de;--cell:#2c3642;--used:#7fd1de;--warn:#fdba74;--good:#86d9a8}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:62rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem;overflow-wrap:anywhere}
.soft,caption,.when{color:var(--soft)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(13rem,45%),1fr));gap:.75rem;margin:1.5rem 0;padding:0}
.facts div{background:var(--band);border-radius:.5rem;padding:.75rem 1rem}
.facts dt{color:var(--soft);font-size:.875rem}
.facts dd{margin:0;font-size:1.5rem;font-weight:650;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:0 2.5rem;align-items:start}
table{border-collapse:collapse;width:100%;font-size:.9375rem;margin:.5rem 0}
caption{text-align:left;font-size:.875rem;padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.375rem .75rem .375rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}
th{font-weight:600}
td:first-child{min-width:8rem}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
code{font:.875em ui-monospace,"Cascadia Mono",Menlo,monospace;overflow-wrap:anywhere}
.good{color:var(--good);font-weight:600}
.warn{color:var(--warn);font-weight:600}
svg{display:block;width:100%;height:auto;max-height:16rem}
svg rect{fill:var(--cell)}
svg rect.used{fill:var(--used)}
.tactics{columns:16rem 3;column-gap:1.5rem;padding:0;margin:1rem 0;list-style:none}
.tactics>li{break-inside:avoid;margin:0 0 1rem}
.tactics ul{margin:.25rem 0 0;padding:0 0 0 1rem}
.tactics li li{margin:.125rem 0}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem;font-size:.875rem;color:var(--soft)}
@media print{:root{--page:#fff;--text:#000;--soft:#444;--line:#bbb;--band:#f3f3f3;--accent:#000;--cell:#ddd;--used:#222;--warn:#7c2d12;--good:#14532d}body{font-size:10.5pt}main{max-width:none;padding:0}h2,h3{break-after:avoid}tr,.facts div{break-inside:avoid}thead{display:table-header-group}td,th{overflow-wrap:anywhere}.wide{overflow:visible}svg{print-color-adjust:exact}}
`.trim();
