import { X } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { Button, IconButton } from './button.tsx';
import { useText } from './text.tsx';
import './feedback.css';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; run(): void } | undefined;
}

let toasts: readonly Toast[] = [];
let nextId = 0;
const listeners = new Set<() => void>();
const change = (next: readonly Toast[]) => {
  toasts = next;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
const dismiss = (id: number) => change(toasts.filter((toast) => toast.id !== id));

/** Says something in passing, with perhaps one thing to do about it. The newest three stay in sight. */
export function toast(text: string, action?: Toast['action']) {
  change([...toasts, { id: nextId++, text, action }].slice(-3));
}

/** Time a toast stays (milliseconds); one with an action stays longer, as WCAG 2.2.1 asks for time to act. */
const stay = { plain: 6_000, action: 20_000 };

export function Toasts() {
  const all = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {all.map((one) => (
        <OneToast key={one.id} toast={one} />
      ))}
    </div>
  );
}

function OneToast({ toast: one }: { toast: Toast }) {
  const t = useText();
  useEffect(() => {
    const timer = setTimeout(() => dismiss(one.id), one.action ? stay.action : stay.plain);
    return () => clearTimeout(timer);
  }, [one]);
  return (
    <div className="toast">
      <p>{one.text}</p>
      {one.action ? (
        <Button
          small
          onClick={() => {
            one.action?.run();
            dismiss(one.id);
          }}
        >
          {one.action.label}
        </Button>
      ) : null}
      <IconButton small icon={X} label={t('ui.close')} onClick={() => dismiss(one.id)} />
    </div>
  );
}
