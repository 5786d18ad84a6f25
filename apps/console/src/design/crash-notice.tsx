import { Component, type ReactNode } from 'react';

interface CrashNoticeProps {
  readonly children: ReactNode;
}

/** Says so when the page itself fails, instead of leaving it blank; the error goes to the browser's console. */
export class CrashNotice extends Component<CrashNoticeProps, { readonly crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  /** React tells the console by itself, Preact does not. */
  override componentDidCatch(error: unknown) {
    console.error(error);
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <main className="plain" role="alert">
        <h1>This page stopped working</h1>
        <p>Reload it. The servers behind it are not affected.</p>
      </main>
    );
  }
}
