import { Component, type ReactNode } from 'react';
import { Button, Notice, useText } from '#renderer/ui/index.ts';

/** Keeps a view that breaks from taking the window with it. */
export class ViewFrame extends Component<{ children: ReactNode }, { broken: Error | undefined }> {
  override state: { broken: Error | undefined } = { broken: undefined };

  static getDerivedStateFromError(broken: Error) {
    return { broken };
  }

  override render() {
    return this.state.broken ? (
      <Broken error={this.state.broken} onRetry={() => this.setState({ broken: undefined })} />
    ) : (
      this.props.children
    );
  }
}

function Broken({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const t = useText();
  return (
    <div className="view-page">
      <Notice kind="bad" title={t('app.viewBroken')} action={<Button onClick={onRetry}>{t('ui.retry')}</Button>}>
        <p>{error.message}</p>
      </Notice>
    </div>
  );
}
