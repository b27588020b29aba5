import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from './button.tsx';
import { useText } from './text.tsx';

/** Copies a text; says so for a moment. */
export function CopyButton({ text, label, words }: { text: string; label: string; words?: boolean }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  const icon = copied ? Check : Copy;
  if (words)
    return (
      <Button icon={icon} onClick={copy}>
        {copied ? t('ui.copied') : label}
      </Button>
    );
  return <IconButton small icon={icon} label={copied ? t('ui.copied') : label} onClick={copy} />;
}
