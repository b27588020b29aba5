import { ChevronDown } from 'lucide-react';
import { type CSSProperties, useEffect, useId, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { useText } from './text.tsx';

export interface FacetOption {
  value: string;
  label: string;
  count?: number | undefined;
}

/** A button that opens a list of boxes to tick; it shows how many are ticked. */
export function FacetMenu(props: {
  label: string;
  options: readonly FacetOption[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  const t = useText();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [sought, setSought] = useState('');
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const leave = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [open]);
  const toggle = (value: string) =>
    props.onChange(props.chosen.includes(value) ? props.chosen.filter((other) => other !== value) : [...props.chosen, value]);
  const needle = sought.trim().toLowerCase();
  const most = Math.max(1, ...props.options.map((option) => option.count ?? 0));
  const options = props.options.filter((option) => option.label.toLowerCase().includes(needle));
  return (
    <div
      className="menu"
      ref={frame}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        setOpen(false);
        frame.current?.querySelector('button')?.focus();
      }}
    >
      <Button
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        disabled={props.options.length === 0}
        onClick={() => setOpen(!open)}
      >
        {props.label}
        {props.chosen.length > 0 ? <span className="badge-count">{t.number(props.chosen.length)}</span> : null}
        <ChevronDown size={14} aria-hidden />
      </Button>
      {open ? (
        <div className="menu-panel" id={id} role="group" aria-label={props.label}>
          {props.options.length > 12 ? (
            <div className="menu-search">
              <input
                className="input"
                aria-label={t('ui.narrow')}
                placeholder={t('ui.narrow')}
                value={sought}
                onChange={(event) => setSought(event.target.value)}
              />
            </div>
          ) : null}
          {options.map((option) => (
            <label
              key={option.value}
              className="menu-item"
              data-bar={option.count ? '' : undefined}
              style={{ '--share': (option.count ?? 0) / most } as CSSProperties}
            >
              <input type="checkbox" checked={props.chosen.includes(option.value)} onChange={() => toggle(option.value)} />
              <span className="clip">{option.label}</span>
              {option.count === undefined ? null : <span className="count">{t.number(option.count)}</span>}
            </label>
          ))}
          {props.chosen.length > 0 ? (
            <div className="menu-foot">
              <Button small kind="quiet" onClick={() => props.onChange([])}>
                {t('ui.clear')}
              </Button>
            </div>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
