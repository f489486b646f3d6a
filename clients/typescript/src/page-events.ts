export interface PageListeners {
  /** The page is being left, for good or into the back/forward cache. */
  readonly onHide: () => void
  /** The page is back out of the back/forward cache. */
  readonly onReturn: () => void
  /** The page can be seen again, after another tab was in front of it or the machine slept. */
  readonly onVisible: () => void
}

/** Listens to the page's coming and going (HTML Living Standard, section 7.4.6); without a page, to nothing. */
export function listenToPage({ onHide, onReturn, onVisible }: PageListeners): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => undefined
  const listening = new AbortController()
  const options = { signal: listening.signal }
  const show = (event: PageTransitionEvent) => event.persisted && onReturn()
  const change = () => globalThis.document?.visibilityState === 'visible' && onVisible()
  globalThis.addEventListener('pagehide', onHide, options)
  globalThis.addEventListener('pageshow', show, options)
  globalThis.addEventListener('visibilitychange', change, options)
  return () => listening.abort()
}
