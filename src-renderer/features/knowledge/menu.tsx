import { ChevronDown } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button, type Icon } from '#renderer/ui/index.ts';

/** A button that opens a small panel below it; Escape and a click elsewhere close it. */
export function PanelMenu(props: { label: string; icon: Icon; children: (close: () => void) => ReactNode }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const leave = (event: Event) => {
      const target = event.target as Node;
      if (target.isConnected && !frame.current?.contains(target)) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [open]);
  const close = () => {
    setOpen(false);
    frame.current?.querySelector('button')?.focus();
  };
  return (
    <div
      className="menu"
      ref={frame}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        close();
      }}
    >
      <Button icon={props.icon} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
        {props.label}
        <ChevronDown size={14} aria-hidden />
      </Button>
      {open ? (
        <div className="menu-panel panel-menu" id={id} role="group" aria-label={props.label}>
          {props.children(close)}
        </div>
      ) : null}
    </div>
  );
}
