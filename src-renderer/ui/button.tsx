import type { ButtonHTMLAttributes, ComponentType } from 'react';
import './controls.css';

export type Icon = ComponentType<{ size?: number | string; 'aria-hidden'?: boolean }>;

interface Look {
  kind?: 'plain' | 'primary' | 'quiet' | 'danger' | undefined;
  small?: boolean | undefined;
  icon?: Icon | undefined;
}

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'>;

export function Button({ kind = 'plain', small, icon: Symbol, children, type = 'button', ...native }: Look & Native) {
  return (
    <button {...native} type={type} className={look(kind, small)}>
      {Symbol ? <Symbol size={small ? 14 : 16} aria-hidden /> : null}
      {children}
    </button>
  );
}

/** A button without words to see; `label` is what it is called. */
export function IconButton({
  kind = 'quiet',
  small,
  icon: Symbol,
  label,
  type = 'button',
  ...native
}: Look & Native & { icon: Icon; label: string }) {
  return (
    <button {...native} type={type} aria-label={label} title={label} className={`${look(kind, small)} button-icon`}>
      <Symbol size={small ? 14 : 17} aria-hidden />
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({
  kind = 'plain',
  small,
  icon: Symbol,
  href,
  children,
  ...rest
}: Look & { href: string; children: React.ReactNode; 'aria-label'?: string }) {
  return (
    <a href={href} className={look(kind, small)} {...rest}>
      {Symbol ? <Symbol size={small ? 14 : 16} aria-hidden /> : null}
      {children}
    </a>
  );
}

function look(kind: string, small: boolean | undefined) {
  return `button${kind === 'plain' ? '' : ` button-${kind}`}${small ? ' button-small' : ''}`;
}
