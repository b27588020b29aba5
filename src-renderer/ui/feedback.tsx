import { CircleCheck, Info, OctagonAlert, TriangleAlert, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Icon } from './button.tsx';
import { Button, IconButton } from './button.tsx';
import { useText } from './text.tsx';
import './feedback.css';

const symbols = { info: Info, good: CircleCheck, warn: TriangleAlert, bad: OctagonAlert };

/** A framed sentence or two. A bad one is spoken at once by screen readers. */
export function Notice({
  kind = 'info',
  title,
  children,
  action,
}: {
  kind?: keyof typeof symbols;
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  const Symbol = symbols[kind];
  return (
    <div className={`notice notice-${kind}`} role={kind === 'bad' ? 'alert' : undefined}>
      <Symbol size={17} aria-hidden />
      <div className="grow">
        {title ? <h3>{title}</h3> : null}
        {children ? <div>{children}</div> : null}
      </div>
      {action}
    </div>
  );
}

/** What an empty place says: why it is empty and what to do. */
export function Empty({ icon: Symbol, title, children, action }: { icon: Icon; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Symbol size={30} aria-hidden />
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {action}
    </div>
  );
}

export function Loading({ label }: { label?: string }) {
  const t = useText();
  return (
    <p className="loading" role="status">
      {label ?? t('ui.loading')}
    </p>
  );
}

/** An answer that failed, with a way to try again. */
export function Failed({ error, onRetry }: { error: { message: string }; onRetry?: () => void }) {
  const t = useText();
  return (
    <Notice kind="bad" title={t('ui.failed')} action={onRetry ? <Button onClick={onRetry}>{t('ui.retry')}</Button> : null}>
      <p>{error.message}</p>
    </Notice>
  );
}

/** `value` from 0 to 1; without it the end is not known. */
export function Progress({ value, label }: { value: number | undefined; label: string }) {
  const percent = value === undefined ? undefined : Math.round(value * 100);
  return (
    <span
      className={value === undefined ? 'progress progress-open' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span className="progress-fill" style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </span>
  );
}

/** "Shown 300 of 4,296": said wherever a list or a picture is capped. */
/** `atLeast`: counting ended at `total`. */
export function Shown({ shown, total, what, atLeast }: { shown: number; total: number; what?: string; atLeast?: true | undefined }) {
  const t = useText();
  return (
    <span className="shown">
      {t(atLeast ? 'ui.shownAtLeast' : 'ui.shown', { shown: t.number(shown), total: t.number(total), what: what ?? '' }).trim()}
    </span>
  );
}

const typed = 'input:not([type=checkbox], [type=radio], [type=file], :disabled), textarea:not(:disabled)';

/** A modal dialog in the browser's own top layer: focus stays in it, Escape closes it. */
export function Dialog(props: { title: string; onClose: () => void; children: ReactNode; foot?: ReactNode; bare?: boolean }) {
  const t = useText();
  const frame = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = frame.current;
    dialog?.showModal();
    // Whoever opens it goes on typing: the first field takes the focus before any button.
    dialog?.querySelector<HTMLElement>(typed)?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={frame}
      className="dialog"
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === frame.current) props.onClose();
      }}
    >
      {props.bare ? (
        props.children
      ) : (
        <>
          <div className="dialog-head">
            <h2>{props.title}</h2>
            <IconButton icon={X} label={t('ui.close')} onClick={props.onClose} />
          </div>
          <div className="dialog-body">{props.children}</div>
          {props.foot ? <div className="dialog-foot">{props.foot}</div> : null}
        </>
      )}
    </dialog>
  );
}
